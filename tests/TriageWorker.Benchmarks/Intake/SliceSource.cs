using System.Globalization;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Phantoms;

namespace TriageWorker.Benchmarks.Intake;

/// <summary>
/// CT slices of 512×512 pixels in 16 bits without end, none of them a file: one encoded data set whose UIDs are overwritten in place.
/// UIDs are drawn from one range, as those of images that are in a database already, so that their index entries fall anywhere among these.
/// </summary>
public sealed class SliceSource
{
    public const string Root = "1.2.840.113619.2.418."; // of the live rows of a full database too
    private const int Digits = 19;
    private static readonly string Study = Root + new string('1', Digits), Series = Root + new string('2', Digits), Sop = Root + new string('3', Digits);
    private readonly byte[] _encoded;
    private readonly int _study, _series, _sop;

    public SliceSource()
    {
        var drawn = PhantomDicom.Images(Phantom.Draw(new PhantomSpec { Seed = 1, Slices = 1 })).First().Dataset;
        drawn.Set(DicomTag.StudyInstanceUID, Study).Set(DicomTag.SeriesInstanceUID, Series).Set(DicomTag.SOPInstanceUID, Sop);
        SopClass = drawn.GetString(DicomTag.SOPClassUID)!;
        _encoded = drawn.ToBytes(TransferSyntax.ExplicitVRLittleEndian);
        (_study, _series, _sop) = (Find(Study), Find(Series), Find(Sop));
    }

    public string SopClass { get; }

    public int Bytes => _encoded.Length;

    public static string Uid(Random dice) => Root + dice.NextInt64(1_000_000_000_000_000_000, long.MaxValue).ToString(CultureInfo.InvariantCulture);

    public IReadOnlyList<ProposedContext> Contexts => AssociationRequest.ForObjects([(SopClass, DicomUid.ExplicitVRLittleEndian)]);

    /// <summary>One slice as it travels.</summary>
    public byte[] Encode(string study, string series, string sop)
    {
        var slice = (byte[])_encoded.Clone();
        foreach (var (at, uid) in ((int, string)[])[(_study, study), (_series, series), (_sop, sop)]) System.Text.Encoding.ASCII.GetBytes(uid, slice.AsSpan(at));
        return slice;
    }

    private int Find(string uid) => _encoded.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(uid));
}
