using System.Globalization;
using TriageWorker.Dicom;

namespace TriageWorker.Phantoms.Writing;

/// <summary>Names, numbers and UIDs of a phantom's study; all follow from spec and identity.</summary>
internal sealed class StudyIdentity
{
    private static readonly Guid NameSpace = new("6f1d6c52-3d0c-4f0e-9a55-0b6f6c1b7a10");
    private static readonly DateTime Epoch = new(2025, 1, 6, 7, 0, 0, DateTimeKind.Unspecified);
    private readonly string _key;

    public StudyIdentity(PhantomStudy study, PhantomWriteOptions options)
    {
        var spec = study.Spec;
        _key = string.Create(
            CultureInfo.InvariantCulture,
            $"{spec.Seed}|{spec.Kind}|{(int)spec.Findings}|{spec.Severity}|{spec.Slices}|{spec.Matrix}|{spec.PixelSpacing}|{spec.SliceSpacing}|{options.Identity}");
        Time = options.StudyTime ?? Epoch.AddMinutes((uint)spec.Seed % 500_000);
        PatientId = string.Create(CultureInfo.InvariantCulture, $"PHANTOM-{(uint)spec.Seed}");
        PatientName = string.Create(CultureInfo.InvariantCulture, $"PHANTOM^SEED {(uint)spec.Seed}");
        Accession = $"PH{Digits("accession", 12)}";
        StudyId = $"PH{Digits("study id", 8)}";
        BirthDate = Time.Date.AddYears(-study.Patient.Age).AddDays(-(int)((uint)spec.Seed % 360));
    }

    public DateTime Time { get; }
    public string PatientId { get; }
    public string PatientName { get; }
    public string Accession { get; }
    public string StudyId { get; }
    public DateTime BirthDate { get; }
    public string StudyUid => Uid("study");

    /// <summary>The UID of a part of the study, such as <c>series 2</c>.</summary>
    public string Uid(string part) => DicomUid.Derive(NameSpace, $"{_key}|{part}");

    private string Digits(string part, int count) => Uid(part)[^count..]; // SH holds 16 characters
}
