using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Series;

/// <summary>
/// The slices of a series, read from their files when they are asked for. What is read is hashed on the way, so that the digest of the
/// input costs no second reading.
/// </summary>
public sealed class DicomSlices : ISliceSource
{
    private readonly SeriesGeometry _geometry;
    private readonly byte[]?[] _digests;

    /// <param name="geometry">Of slices that <see cref="SeriesSelection"/> found readable.</param>
    public DicomSlices(SeriesGeometry geometry)
    {
        foreach (var slice in geometry.Slices)
        {
            if (PixelRules.Refuse(slice.Pixels, allowLossy: true) is { } why) throw new ArgumentException($"A slice cannot be read because {why}.", nameof(geometry));
        }

        _geometry = geometry;
        _digests = new byte[]?[geometry.Slices.Count];
    }

    public VolumeGrid Grid => _geometry.Grid;

    /// <exception cref="IOException">The file went away or became shorter since its header was read.</exception>
    public StoredSlice Read(int slice, short[] buffer)
    {
        var header = _geometry.Slices[slice];
        var cells = buffer.AsMemory(0, Grid.Size.X * Grid.Size.Y);
        ReadExactly(header, MemoryMarshal.AsBytes(cells.Span));
        _digests[slice] ??= SHA256.HashData(MemoryMarshal.AsBytes(cells.Span));
        return new StoredSlice(cells, PixelUnpacking.Unpack(cells.Span, header.Pixels));
    }

    /// <summary>
    /// SHA-256, lower-case hex, over each slice's SOP Instance UID, a zero byte and the SHA-256 of its pixels (little-endian cells as
    /// decoded), in the order of the geometry. The same images give the same digest in whatever transfer syntax they arrive.
    /// </summary>
    public string Digest(int threads = 0, CancellationToken stop = default)
    {
        new Cores(threads, stop).ForEach(_digests.Length, () => new short[Grid.Size.X * Grid.Size.Y], (slice, buffer) =>
        {
            if (_digests[slice] is null) Read(slice, buffer);
        });
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var slice = 0; slice < _digests.Length; slice++)
        {
            all.AppendData(Encoding.UTF8.GetBytes((_geometry.Slices[slice].SopUid ?? "") + '\0'));
            all.AppendData(_digests[slice]!);
        }

        return Convert.ToHexStringLower(all.GetHashAndReset());
    }

    /// <summary>All slices in memory, for what needs the volume more than once.</summary>
    public Volume ToVolume(CancellationToken stop = default)
    {
        var voxels = Grid.Size.X * Grid.Size.Y;
        var stored = new short[Grid.Size.Voxels];
        var rescales = new Rescale[Grid.Size.Z];
        new Cores(0, stop).ForEach(Grid.Size.Z, () => new short[voxels], (k, buffer) =>
        {
            var slice = Read(k, buffer);
            slice.Values.Span.CopyTo(stored.AsSpan(k * voxels, voxels));
            rescales[k] = slice.Rescale;
        });
        return new Volume(Grid, stored, rescales);
    }

    private static void ReadExactly(SliceHeader header, Span<byte> bytes)
    {
        using var file = File.OpenHandle(header.Path);
        var done = 0;
        while (done < bytes.Length)
        {
            var read = RandomAccess.Read(file, bytes[done..], header.Pixels.Offset!.Value + done);
            if (read == 0) throw new EndOfStreamException($"An image ends {bytes.Length - done} bytes short of its pixels, which it still had when its header was read.");
            done += read;
        }
    }
}
