using System.IO.Pipelines;

namespace TriageWorker.Hl7;

/// <summary>What a peer sent next.</summary>
public abstract record MllpFrame
{
    private MllpFrame()
    {
    }

    /// <summary>The content of one frame: a message, still as bytes.</summary>
    public sealed record Message(ReadOnlyMemory<byte> Content) : MllpFrame;

    /// <summary>The peer ended between two frames.</summary>
    public sealed record End : MllpFrame;

    /// <summary>The peer broke the protocol, or ended inside a frame: close the connection.</summary>
    public sealed record Broken(string Because) : MllpFrame;
}

/// <summary>Reads frames from a connection, one at a time. The reader stays the caller's to complete.</summary>
/// <param name="limit">The most bytes of content in one frame.</param>
public sealed class MllpReader(PipeReader input, int limit = MllpReader.DefaultLimit)
{
    /// <summary>An order or a report is a few kilobytes; one with an embedded document may be larger and gets a limit of its own.</summary>
    public const int DefaultLimit = 1 << 20;

    private long _searched;
    private MllpFrame.Broken? _broken;

    public async ValueTask<MllpFrame> ReadAsync(CancellationToken stop)
    {
        while (_broken is null)
        {
            var read = await input.ReadAsync(stop);
            var buffer = read.Buffer;
            switch (MllpFraming.TryRead(ref buffer, ref _searched, limit, out var content))
            {
                case MllpStep.Message:
                    var message = new byte[content.Length];
                    System.Buffers.BuffersExtensions.CopyTo(content, message);
                    input.AdvanceTo(buffer.Start);
                    return new MllpFrame.Message(message);
                case MllpStep.NeedMore when !read.IsCompleted:
                    input.AdvanceTo(buffer.Start, buffer.End);
                    break;
                case MllpStep.NeedMore when buffer.IsEmpty:
                    input.AdvanceTo(buffer.End);
                    return new MllpFrame.End();
                case MllpStep.NeedMore:
                    Break("the connection ended inside a frame.");
                    break;
                case MllpStep.TooLarge:
                    Break($"a frame holds more than {limit} bytes.");
                    break;
                default:
                    Break("the bytes are no MLLP frame (0x0B, content, 0x1C 0x0D).");
                    break;
            }

            void Break(string because)
            {
                input.AdvanceTo(buffer.Start);
                _broken = new(because);
            }
        }

        return _broken;
    }
}
