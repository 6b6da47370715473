using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.DataSets;

/// <summary>
/// A file for each value representation in each encoding, from us and from pydicom, and what pydicom reads in ours: one process for
/// all of them. Values are said as text: whole numbers in decimal, real ones as the hexadecimal digits of their double, bytes as
/// those of their little endian form, items by the name in each.
/// </summary>
public sealed class EveryVrFiles : IAsyncLifetime
{
    internal static readonly DicomTag After = new(0x0088_0130);

    /// <summary>The attributes of group 0072 that hold the value of a selector: PS3.6 has one for each value representation.</summary>
    internal static readonly (DicomVR VR, uint Tag, string[] Values)[] Cases =
    [
        (DicomVR.AE, 0x0072_005E, ["ARCHIVE", "WORKLIST"]),
        (DicomVR.AS, 0x0072_005F, ["064Y", "003D"]),
        (DicomVR.AT, 0x0072_0060, ["00181063", "7fe00010"]),
        (DicomVR.CS, 0x0072_0062, ["ORIGINAL", "AXIAL 1"]),
        (DicomVR.DA, 0x0072_0061, ["20260102", "19991231"]),
        (DicomVR.DS, 0x0072_0072, ["1.25", "-3", "1e-05"]),
        (DicomVR.DT, 0x0072_0063, ["20260102030405.678901+0100", "2026"]),
        (DicomVR.FD, 0x0072_0074, [Real(Math.PI), Real(-1e300), Real(double.Epsilon)]),
        (DicomVR.FL, 0x0072_0076, [Real(0.1f), Real(-1.5), Real(float.MaxValue)]),
        (DicomVR.IS, 0x0072_0064, ["2147483647", "-1"]),
        (DicomVR.LO, 0x0072_0066, ["Größe", "王"]),
        (DicomVR.LT, 0x0072_0068, [@"one\line, größer"]),
        (DicomVR.OB, 0x0072_0065, ["010203fe"]),
        (DicomVR.OD, 0x0072_0073, ["0102030405060708" + "1112131415161718"]),
        (DicomVR.OF, 0x0072_0067, ["01020304" + "11121314"]),
        (DicomVR.OL, 0x0072_0075, ["01020304" + "11121314"]),
        (DicomVR.OV, 0x0072_0081, ["0102030405060708" + "1112131415161718"]),
        (DicomVR.OW, 0x0072_0069, ["0102" + "1112" + "2122"]),
        (DicomVR.PN, 0x0072_006A, ["Yamada^Tarou=山田^太郎=やまだ^たろう", "Müller^Jörg"]),
        (DicomVR.SH, 0x0072_006C, ["Schädel", "CT1"]),
        (DicomVR.SL, 0x0072_007C, ["-2147483648", "16909060"]),
        (DicomVR.SQ, 0x0072_0080, ["Müller^Jörg", "王^小東"]),
        (DicomVR.SS, 0x0072_007E, ["-32768", "258"]),
        (DicomVR.ST, 0x0072_006E, [@"one\line, größer"]),
        (DicomVR.SV, 0x0072_0082, ["-9223372036854775808", "72623859790382856"]),
        (DicomVR.TM, 0x0072_006B, ["030405.678901", "23"]),
        (DicomVR.UC, 0x0072_006F, ["Größe", "a much longer text than one of the short forms of text would be"]),
        (DicomVR.UI, 0x0072_007F, ["1.2.840.10008.5.1.4.1.1.2", "1.2.34"]),
        (DicomVR.UL, 0x0072_0078, ["4294967295", "16909060"]),
        (DicomVR.UN, 0x0072_006D, ["010203fe"]),
        (DicomVR.UR, 0x0072_0071, ["https://example.org/a?b=c&d"]),
        (DicomVR.US, 0x0072_007A, ["65535", "258"]),
        (DicomVR.UT, 0x0072_0070, [@"one\line, größer"]),
        (DicomVR.UV, 0x0072_0083, ["18446744073709551615", "72623859790382856"]),
    ];

    internal static readonly TransferSyntax[] Syntaxes =
    [
        TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian, TransferSyntax.DeflatedExplicitVRLittleEndian,
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _pydicom = [];

    public async ValueTask InitializeAsync()
    {
        if (!PydicomListing.CharacterSetFiles().Any()) return;
        var cases = Syntaxes.SelectMany(syntax => Cases.Select(each => (Syntax: syntax, Case: each))).ToList();
        foreach (var (syntax, (vr, tag, values)) in cases) new DicomFile(Dataset(vr, new DicomTag(tag), values), syntax).Write(Ours(vr, syntax));
        var list = _folder.At("list");
        await File.WriteAllLinesAsync(list, cases.Select(each => JsonSerializer.Serialize(new
        {
            ours = Ours(each.Case.VR, each.Syntax), theirs = Theirs(each.Case.VR, each.Syntax), syntax = each.Syntax.Uid,
            tag = each.Case.Tag.ToString("X8", CultureInfo.InvariantCulture), vr = each.Case.VR.ToString(), values = each.Case.Values,
        })));
        var said = (await ExternalTool.RunAsync(PydicomListing.Python, Repository.At("tests", "TriageWorker.Dicom.Tests", "DataSets", "every_vr.py"), list)).Expect().Output;
        foreach (var (each, line) in cases.Zip(said.Split('\n', StringSplitOptions.RemoveEmptyEntries))) _pydicom[Ours(each.Case.VR, each.Syntax)] = Said(line);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    internal string Ours(DicomVR vr, TransferSyntax syntax) => _folder.At($"{vr}.{syntax.Uid}.ours");

    internal string Theirs(DicomVR vr, TransferSyntax syntax) => _folder.At($"{vr}.{syntax.Uid}.theirs");

    /// <summary>What pydicom read in our file; null when it is not here.</summary>
    internal string? ReadByPydicom(DicomVR vr, TransferSyntax syntax) => _pydicom.GetValueOrDefault(Ours(vr, syntax));

    internal static string Said(string vr, IEnumerable<string> values, string? after) => $"{vr} {string.Join(" | ", values)} {after}";

    /// <summary>What we read in a file.</summary>
    internal static string ReadByUs(DicomDataset dataset, DicomTag tag)
    {
        if (!dataset.TryGet(tag, out var element)) return "nothing";
        IEnumerable<string> values = element.VR switch
        {
            DicomVR.SQ => element.Items.Select(item => item.GetString(DicomTag.PatientName) ?? ""),
            DicomVR.FL or DicomVR.FD => dataset.GetDoubles(tag).Select(Real),
            DicomVR.AT => dataset.GetStrings(tag).Select(value => value.ToLowerInvariant()),
            DicomVR.OB or DicomVR.UN or DicomVR.OW or DicomVR.OL or DicomVR.OF or DicomVR.OD or DicomVR.OV => [Convert.ToHexStringLower(element.Bytes.Span)],
            _ => dataset.GetStrings(tag),
        };
        return Said(element.VR.ToString(), values, dataset.GetString(After));
    }

    private static string Said(string line) => JsonSerializer.Deserialize<JsonElement[]>(line) is [var vr, var values, var after]
        ? Said(vr.GetString()!, values.EnumerateArray().Select(value => value.GetString()!), after.GetString())
        : line;

    private static DicomDataset Dataset(DicomVR vr, DicomTag tag, string[] values)
    {
        var dataset = new DicomDataset().Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage).Set(DicomTag.SOPInstanceUID, "1.2.3").Set(After, "AFTER");
        return vr switch
        {
            DicomVR.SQ => dataset.Set(tag, [.. values.Select(value => new DicomDataset().Set(DicomTag.PatientName, value))]),
            DicomVR.AT => dataset.Set(tag, vr, [.. values.Select(value => (double)Convert.ToUInt32(value, 16))]),
            DicomVR.SV => dataset.Set(tag, vr, Words(values, (at, value) => BinaryPrimitives.WriteInt64LittleEndian(at, long.Parse(value, CultureInfo.InvariantCulture)))),
            DicomVR.UV => dataset.Set(tag, vr, Words(values, (at, value) => BinaryPrimitives.WriteUInt64LittleEndian(at, ulong.Parse(value, CultureInfo.InvariantCulture)))),
            DicomVR.FL or DicomVR.FD => dataset.Set(tag, vr, [.. values.Select(value => BinaryPrimitives.ReadDoubleBigEndian(Convert.FromHexString(value)))]),
            DicomVR.OB or DicomVR.UN or DicomVR.OW or DicomVR.OL or DicomVR.OF or DicomVR.OD or DicomVR.OV => dataset.Set(tag, vr, Convert.FromHexString(values[0])),
            _ => dataset.Set(tag, vr, values),
        };
    }

    private static byte[] Words(string[] values, WriteWord write)
    {
        var bytes = new byte[values.Length * 8]; // a double, which numbers are set by, has not all of their digits
        for (var i = 0; i < values.Length; i++) write(bytes.AsSpan(i * 8), values[i]);
        return bytes;
    }

    private delegate void WriteWord(Span<byte> at, string value);

    private static string Real(double value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        return Convert.ToHexStringLower(bytes);
    }
}
