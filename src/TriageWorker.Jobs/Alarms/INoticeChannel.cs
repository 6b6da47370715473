using TriageWorker.Store;

namespace TriageWorker.Jobs;

/// <summary>A way to somebody outside.</summary>
internal interface INoticeChannel
{
    ChannelTerms Terms { get; }

    /// <summary>Sends it once. What comes of it is a value; an exception is our own fault.</summary>
    /// <param name="content">The message as it was fixed.</param>
    /// <param name="made">When the notice was made: the same with every repeat.</param>
    /// <param name="stop">Cancelled when the receiver has had its time.</param>
    Task<NoticeAnswer> SendAsync(string content, DateTimeOffset made, CancellationToken stop);
}

/// <summary>What became of one attempt.</summary>
internal abstract record NoticeAnswer(string Words)
{
    /// <summary>The receiver has it.</summary>
    public sealed record Taken(string Words) : NoticeAnswer(Words);

    /// <summary>Not now; it may have arrived all the same.</summary>
    public sealed record Later(string Words) : NoticeAnswer(Words);

    /// <summary>Not until somebody changes the settings here or there.</summary>
    public sealed record Refused(string Words) : NoticeAnswer(Words);
}
