using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using TriageWorker.Imaging.Decoding;
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
    private readonly FramePixels _pixels;
    private readonly byte[]?[] _digests;

    /// <param name="geometry">Of slices that <see cref="SeriesSelection"/> found readable.</param>
    /// <param name="decoder">For compressed slices; not disposed of here.</param>
    /// <param name="stop">Gives up a frame that is being decoded.</param>
    public DicomSlices(SeriesGeometry geometry, FrameDecoder? decoder = null, CancellationToken stop = default)
    {
        foreach (var slice in geometry.Slices)
        {
            if (PixelRules.Refuse(slice.Pixels, allowLossy: true, decoder?.Decodes ?? DecodableSyntaxes.None) is { } why) throw new ArgumentException($"A slice cannot be read because {why}.", nameof(geometry));
        }

        _geometry = geometry;
        _pixels = new FramePixels(decoder, stop);
        _digests = new byte[]?[geometry.Slices.Count];
    }

    public VolumeGrid Grid => _geometry.Grid;

    /// <exception cref="IOException">The file went away or became shorter since its header was read, or there is no decoder now.</exception>
    /// <exception cref="DecodingException">A compressed slice is damaged.</exception>
    public StoredSlice Read(int slice, short[] buffer)
    {
        var header = _geometry.Slices[slice];
        var cells = buffer.AsMemory(0, Grid.Size.X * Grid.Size.Y);
        try
        {
            _pixels.Read(header, MemoryMarshal.AsBytes(cells.Span));
        }
        catch (DecodingException damaged)
        {
            throw new DecodingException(string.Create(CultureInfo.InvariantCulture, $"slice {slice + 1} of {Grid.Size.Z}, at z = {header.Position!.Value.Z:0.0} mm, cannot be decoded: {damaged.Message}"));
        }

        var rescale = PixelUnpacking.Unpack(cells.Span, header.Pixels);
        _digests[slice] ??= SHA256.HashData(MemoryMarshal.AsBytes(cells.Span));
        return new StoredSlice(cells, rescale);
    }

    /// <summary>
    /// SHA-256, lower-case hex, over each slice's SOP Instance UID (of a multi-frame object with "#" and the frame's number), a zero byte and
    /// the SHA-256 of its values (little-endian, 16 bits, whatever the unused bits of their cells held), in the order of the
    /// geometry. The same images give the same digest in whatever transfer syntax they arrive.
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
            all.AppendData(Encoding.UTF8.GetBytes($"{_geometry.Slices[slice].SopUid}{FrameOf(_geometry.Slices[slice])}\0"));
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

    private static string FrameOf(SliceHeader slice) => slice.Pixels.Frame is { } frame ? string.Create(CultureInfo.InvariantCulture, $"#{frame + 1}") : "";
}
