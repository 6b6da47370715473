using System.Collections.Concurrent;

namespace TriageWorker.Phantoms.Tests;

/// <summary>Small phantoms that several tests look at, and where a voxel of theirs lies.</summary>
internal static class Sample
{
    private static readonly ConcurrentDictionary<PhantomSpec, PhantomStudy> Drawn = new();

    /// <summary>A study of 112 × 112 × 60; drawn once for all tests.</summary>
    public static PhantomStudy Draw(int seed, PhantomFindings findings = PhantomFindings.None, double? severity = null)
        => Drawn.GetOrAdd(
            new PhantomSpec { Seed = seed, Findings = findings, Severity = severity, Matrix = 112, Slices = 60 },
            static spec => Phantom.Draw(spec));

    /// <summary>All voxels of a study with their places in the patient.</summary>
    public static IEnumerable<(int Index, short Hu, double X, double Y, double Z)> Voxels(PhantomStudy study)
    {
        var g = study.Geometry;
        for (int slice = 0, index = 0; slice < g.Slices; slice++)
            for (var row = 0; row < g.Rows; row++)
                for (var column = 0; column < g.Columns; column++, index++)
                {
                    yield return (index, study.Hounsfield[index], g.OriginX + column * g.PixelSpacing, g.OriginY + row * g.PixelSpacing, g.OriginZ + slice * g.SliceSpacing);
                }
    }

    /// <summary>Millilitres of so many voxels.</summary>
    public static double Ml(PhantomStudy study, int voxels)
        => voxels * study.Geometry.PixelSpacing * study.Geometry.PixelSpacing * study.Geometry.SliceSpacing / 1000;

    /// <summary>Middle of the body in x and y: the mean place of what is denser than fat, in the slices about the middle one.</summary>
    public static (double X, double Y) Middle(PhantomStudy study)
    {
        var z = study.Geometry.OriginZ + study.Geometry.SliceSpacing * study.Geometry.Slices / 2;
        var body = Voxels(study).Where(v => v.Hu is > 0 and < 200 && Math.Abs(v.Z - z) < 20).ToList();
        return (body.Average(v => v.X), body.Average(v => v.Y));
    }
}
