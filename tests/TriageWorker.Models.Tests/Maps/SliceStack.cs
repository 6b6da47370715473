using System.Globalization;
using TriageWorker.Dicom;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Models.Tests.Maps;

/// <summary>A series as its headers tell it, with voxels that a test makes of the places where they lie. Millimetres, LPS.</summary>
internal sealed record SliceStack(int Columns, int Rows, int Slices, Vector3d Origin)
{
    public Vector3d Along { get; init; } = new(1, 0, 0);

    public Vector3d Down { get; init; } = new(0, 1, 0);

    public double PixelMm { get; init; } = 2;

    /// <summary>From the first slice to slice k.</summary>
    public Func<int, Vector3d> Way { get; init; } = k => new Vector3d(0, 0, 2.5 * k);

    /// <summary>All slices as frames of one image.</summary>
    public bool MultiFrame { get; init; }

    public static string SopOf(int slice) => string.Create(CultureInfo.InvariantCulture, $"2.25.77.{slice + 1}");

    public SliceHeader[] Headers => [.. Enumerable.Range(0, Slices).Select(k => new SliceHeader
    {
        Path = "",
        SopUid = MultiFrame ? SopOf(0) : SopOf(k),
        Position = Origin + Way(k),
        RowDirection = Along,
        ColumnDirection = Down,
        PixelSpacing = (PixelMm, PixelMm),
        ThicknessMm = 5,
        Pixels = new StoredPixels { TransferSyntax = DicomUid.ExplicitVRLittleEndian, Rows = Rows, Columns = Columns, Frame = MultiFrame ? k : null },
    })];

    public SeriesGeometry Geometry => SeriesGeometry.Of(Headers) switch
    {
        Reading<SeriesGeometry>.Of(var geometry) => geometry,
        var not => throw new InvalidOperationException($"{not}"),
    };

    /// <summary>Where a pixel of a slice lies, from the headers alone.</summary>
    public Vector3d PlaceOf(double column, double row, int slice) => Origin + Way(slice) + (Along * (column * PixelMm)) + (Down * (row * PixelMm));

    /// <summary>Air everywhere but for a ball of 1000 HU.</summary>
    public Volume Ball(Vector3d centre, double radius)
    {
        var geometry = Geometry;
        var grid = geometry.Grid.Size;
        var stored = new short[grid.Voxels];
        Array.Fill(stored, (short)-1000);
        for (var k = 0; k < grid.Z; k++)
        {
            var own = int.Parse(geometry.Slices[k].SopUid!.Split('.')[^1], CultureInfo.InvariantCulture) - 1;
            for (var j = 0; j < grid.Y; j++)
            {
                for (var i = 0; i < grid.X; i++)
                    if ((PlaceOf(i, j, MultiFrame ? k : own) - centre).Length <= radius) stored[(((k * grid.Y) + j) * grid.X) + i] = 1000;
            }
        }

        return new Volume(geometry.Grid, stored);
    }
}
