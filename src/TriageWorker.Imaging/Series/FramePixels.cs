using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using TriageWorker.Dicom;
using TriageWorker.Imaging.Decoding;

namespace TriageWorker.Imaging.Series;

/// <summary>The pixels of single frames, read from their files and decoded where they are compressed. Files of several frames are parsed once.</summary>
internal sealed class FramePixels(FrameDecoder? decoder, CancellationToken stop)
{
    private readonly ConcurrentDictionary<string, Lazy<PixelFrames>> _files = new(StringComparer.Ordinal);

    /// <summary>Fills <paramref name="cells"/> with the frame's cells, little endian, of as many bits as are allocated.</summary>
    /// <exception cref="IOException">The file went away or became shorter since its header was read, or there is no decoder now.</exception>
    /// <exception cref="DecodingException">The compressed frame is damaged.</exception>
    public void Read(SliceHeader slice, Span<byte> cells)
    {
        var pixels = slice.Pixels;
        if (pixels.Offset is { } offset)
        {
            ReadExactly(slice.Path, offset + (pixels.FrameBytes * (pixels.Frame ?? 0)), cells);
            if (PixelEncoding.HasBigEndianPixels(pixels.TransferSyntax)) TurnAround(cells);
            return;
        }

        var frame = FrameOf(slice);
        if (!PixelEncoding.NeedsNoDecoder(pixels.TransferSyntax)) decoder!.Decode(pixels.Format, frame.Span, cells, stop);
        else if (frame.Length >= cells.Length) frame.Span[..cells.Length].CopyTo(cells);
        else throw new DecodingException($"a frame has {frame.Length} bytes instead of {cells.Length}");
    }

    private ReadOnlyMemory<byte> FrameOf(SliceHeader slice)
    {
        try
        {
            var frames = slice.Pixels.Frames > 1 ? _files.GetOrAdd(slice.Path, path => new(() => FramesIn(path))).Value : FramesIn(slice.Path);
            return frames[slice.Pixels.Frame ?? 0];
        }
        catch (DicomFormatException fault)
        {
            throw new DecodingException(fault.Message);
        }
    }

    private static PixelFrames FramesIn(string path) => PixelFrames.Of(DicomFile.Read(path, SliceFile.Options).Dataset);

    private static void ReadExactly(string path, long at, Span<byte> bytes)
    {
        using var file = File.OpenHandle(path);
        var done = 0;
        while (done < bytes.Length)
        {
            var read = RandomAccess.Read(file, bytes[done..], at + done);
            if (read == 0) throw new EndOfStreamException($"An image ends {bytes.Length - done} bytes short of its pixels, which it still had when its header was read.");
            done += read;
        }
    }

    // Only cells of 16 bits come this far (PixelRules).
    private static void TurnAround(Span<byte> cells)
    {
        var words = MemoryMarshal.Cast<byte, ushort>(cells);
        BinaryPrimitives.ReverseEndianness(words, words);
    }
}
