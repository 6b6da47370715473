using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Web.Tests.DicomWeb;

/// <summary>Real files in the role's spool, with their rows: a CT series of five slices, a compressed one and a document.</summary>
public sealed class SpooledImages(WebServer server)
{
    public const string Study = "1.2.826.77", Ct = Study + ".2", Compressed = Study + ".3", Report = Study + ".4", Other = "1.2.826.78";
    public const int Slices = 5, Side = 64;

    /// <summary>The slice in the middle by position, which no order of UIDs or numbers shows.</summary>
    public const string Middle = Ct + ".2";

    // By position, from the feet: slices 4, 1, 2, 5, 3.
    private static readonly int[] s_heights = [20, 30, 90, 10, 40];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static string Address(string series, int number = 1) => $"/dicom-web/studies/{Study}/series/{series}/instances/{series}.{number}";

    /// <summary>Stored values of a slice: 1064 (40 HU) on the left, air on the right, and the number of the slice in the first pixel.</summary>
    public static short[] Pixels(int slice)
    {
        var pixels = new short[Side * Side];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (short)(i % Side < Side / 2 ? 1064 : 0);
        pixels[0] = (short)slice;
        return pixels;
    }

    public async Task SpoolAsync()
    {
        if (await server.Get<StudyStore>().FindAsync(new(Study), Stop) is not null) return;
        for (var slice = 1; slice <= Slices; slice++) await KeepAsync(Slice(slice), slice % 2 == 0 ? TransferSyntax.ImplicitVRLittleEndian : TransferSyntax.ExplicitVRLittleEndian);
        await KeepAsync(Image(Compressed, 1, 3).Set(new DicomElement(DicomTag.PixelData, DicomVR.OB, [new DicomFragment(Array.Empty<byte>()), new DicomFragment(new byte[] { 0xFF, 0xD8, 0xFF, 0xD9 })])),
            TransferSyntax.Of(DicomUid.JPEGLSLossless));
        await KeepAsync(Header(Report, 1, 4, "SR").Set(DicomTag.SOPClassUID, DicomUid.BasicTextSRStorage).Set(DicomTag.VerificationFlag, "UNVERIFIED"), TransferSyntax.ExplicitVRLittleEndian);
        await KeepAsync(Header(Other + ".1", 1, 1, "SR").Set(DicomTag.StudyInstanceUID, Other).Set(DicomTag.PatientName, "SOMEBODY^ELSE").Set(DicomTag.SOPClassUID, DicomUid.BasicTextSRStorage),
            TransferSyntax.ExplicitVRLittleEndian);
    }

    /// <summary>Takes a file out of the spool; its row stays.</summary>
    public async Task LoseAsync(string sop) => File.Delete(Path.Combine(Folder, (await server.Get<StudyStore>().InstanceAsync(new(sop), Stop))[0].Path));

    /// <summary>Takes a file out of the spool for as long as <paramref name="act"/> lasts.</summary>
    public async Task WithoutFileAsync(string sop, Func<Task> act)
    {
        var path = Path.Combine(Folder, (await server.Get<StudyStore>().InstanceAsync(new(sop), Stop))[0].Path);
        File.Move(path, path + ".away");
        await act();
        File.Move(path + ".away", path);
    }

    private string Folder => server.Get<IOptions<SpoolOptions>>().Value.Folder;

    private static DicomDataset Slice(int number)
    {
        var bytes = new byte[Side * Side * 2];
        Buffer.BlockCopy(Pixels(number), 0, bytes, 0, bytes.Length);
        return Image(Ct, number, 2).Set(DicomTag.ImagePositionPatient, 0, 0, s_heights[number - 1]).Set(DicomTag.PixelData, DicomVR.OW, bytes);
    }

    private static DicomDataset Image(string series, int number, int seriesNumber) => Header(series, number, seriesNumber, "CT")
        .Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage).Set(DicomTag.InstanceNumber, number).Set(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
        .Set(DicomTag.BodyPartExamined, "ABDOMEN").Set(DicomTag.Rows, Side).Set(DicomTag.Columns, Side).Set(DicomTag.BitsAllocated, 16).Set(DicomTag.BitsStored, 16).Set(DicomTag.HighBit, 15)
        .Set(DicomTag.PixelRepresentation, 1).Set(DicomTag.SamplesPerPixel, 1).Set(DicomTag.PhotometricInterpretation, "MONOCHROME2")
        .Set(DicomTag.RescaleSlope, 1).Set(DicomTag.RescaleIntercept, -1024).Set(DicomTag.ImageOrientationPatient, 1, 0, 0, 0, 1, 0).Set(DicomTag.PixelSpacing, 1, 1);

    private static DicomDataset Header(string series, int number, int seriesNumber, string modality) => new DicomDataset()
        .Set(DicomTag.StudyInstanceUID, Study).Set(DicomTag.SeriesInstanceUID, series).Set(DicomTag.SOPInstanceUID, $"{series}.{number}").Set(DicomTag.Modality, modality)
        .Set(DicomTag.PatientName, "Öberg^Åsa").Set(DicomTag.PatientID, "P77").Set(DicomTag.PatientBirthDate, "19610203").Set(DicomTag.PatientSex, "F").Set(DicomTag.AccessionNumber, "A77")
        .Set(DicomTag.StudyDate, "20250301").Set(DicomTag.StudyTime, "093015").Set(DicomTag.StudyDescription, "CT Abdomen").Set(DicomTag.StudyID, "S1").Set(DicomTag.ReferringPhysicianName, "House^Gregory")
        .Set(DicomTag.SeriesNumber, seriesNumber).Set(DicomTag.SeriesDate, "20250301").Set(DicomTag.SeriesDescription, $"series {seriesNumber}");

    private async Task KeepAsync(DicomDataset dataset, TransferSyntax syntax)
    {
        string Text(DicomTag tag) => dataset.GetString(tag) ?? "";
        var digest = SHA256.HashData(dataset.ToBytes(syntax.IsEncapsulated ? syntax : TransferSyntax.ExplicitVRLittleEndian));
        var path = ContentAddress.Of(digest);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Folder, path))!);
        new DicomFile(dataset, syntax).Write(Path.Combine(Folder, path));
        var study = new StudyArrival(new(Text(DicomTag.StudyInstanceUID)), "CT1", OrderClass.Routine, TimeSpan.FromHours(1))
        {
            PatientName = Text(DicomTag.PatientName), PatientId = Text(DicomTag.PatientID), BirthDate = Text(DicomTag.PatientBirthDate), Sex = Text(DicomTag.PatientSex),
            Accession = Text(DicomTag.AccessionNumber), StudyDate = Text(DicomTag.StudyDate), StudyTime = Text(DicomTag.StudyTime), Description = Text(DicomTag.StudyDescription),
            StudyId = Text(DicomTag.StudyID), ReferringPhysician = Text(DicomTag.ReferringPhysicianName),
        };
        await server.Get<IndexStore>().CommitAsync(new([], [new InstanceArrival(new(Text(DicomTag.SOPInstanceUID)), digest, study,
            new SeriesArrival(new(Text(DicomTag.SeriesInstanceUID)), Text(DicomTag.Modality), Text(DicomTag.SeriesDescription)) { Number = dataset.GetInt32(DicomTag.SeriesNumber) }, Text(DicomTag.SOPClassUID), syntax.Uid,
            path, new FileInfo(Path.Combine(Folder, path)).Length, null, TimeProvider.System.GetUtcNow()) { Number = dataset.GetInt32(DicomTag.InstanceNumber) }]), Stop);
    }
}
