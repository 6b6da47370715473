namespace TriageWorker.Dicom.Network;

/// <summary>
/// How long the peer of an association may be silent. A message has its own limit, and an answer that is awaited, so that a byte
/// now and then buys no time. Set by the reader, by senders and by performers.
/// </summary>
internal sealed class PeersTime(UpperLayer upper, MessageLimits limits)
{
    private static readonly TimeSpan Over = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private long _messageFrom, _answerFrom;

    /// <summary>A message of the peer has begun.</summary>
    public void MessageBegins() => _messageFrom = limits.Time.GetTimestamp();

    /// <summary>An answer is awaited from now on: to a request just sent, or, after one of several answers, the next.</summary>
    public void AnswerIsAwaited() => _answerFrom = limits.Time.GetTimestamp();

    /// <summary>Sets the deadline of the connection by what this side knows when it is asked; nobody else asks meanwhile.</summary>
    public void Set(Func<PeersTurn> turn)
    {
        lock (_gate) upper.ExpectWithin(Of(turn()));
    }

    private TimeSpan Of(PeersTurn turn)
    {
        if (turn.IsOurs) return Timeout.InfiniteTimeSpan; // what waits for us is not the peer's silence
        var time = turn.OwesAnswer ? Left(limits.Response, _answerFrom) : limits.Idle;
        if (!turn.IsInMessage) return time;
        var message = Left(limits.Message, _messageFrom);
        return time == Timeout.InfiniteTimeSpan || message < time ? message : time;
    }

    private TimeSpan Left(TimeSpan limit, long from)
    {
        var left = limit - limits.Time.GetElapsedTime(from);
        return left > TimeSpan.Zero ? left : Over;
    }
}

/// <summary>Who has the word.</summary>
internal readonly record struct PeersTurn(bool IsOurs, bool OwesAnswer, bool IsInMessage);
