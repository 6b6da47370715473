using System.Diagnostics;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Delivery;

/// <summary>Gathers what a document says: rows from the database, and the head of one image from the spool.</summary>
public sealed class ReportInputs(StudyStore studies, GenerationStore generations, InstallationStore installation, RiskConfirmationStore risks, Spool spool,
    IOptions<SiteOptions> site, IOptions<DeliveryOptions> options)
{
    private static readonly DicomReadOptions Head = DicomReadOptions.HeaderOnly with { StopBefore = DicomTag.PixelData };

    public async Task<ReportInput> ForAsync(DeliveryJob job, CancellationToken stop)
    {
        var instances = (await studies.InstancesAsync(job.Study.Uid, job.Generation?.Series, stop)).Where(instance => !instance.Own).ToList();
        var inputs = job.Generation is null ? [] : await generations.InputsAsync(job.Generation.Id, stop);
        var header = HeaderOf(instances, inputs) ?? HeaderOf(job.Study);
        return new ReportInput(job.Study.Uid, header, VerdictOf(job.Decision.State), SentenceOf(job.Decision), job.Decision.Flags, job.Decision.Demonstration,
            job.Generation?.CreatedAt ?? job.Decision.DecidedAt, job.Decision.DecidedAt, job.Earlier + 1)
        {
            SerialNumber = options.Value.SerialNumber.Length > 0 ? options.Value.SerialNumber : await installation.SerialNumberAsync(stop),
            Scores = job.Scores is null ? null : Disclosure.Sent(job.Scores, job.Decision.Approved, await risks.AllAsync(stop)),
            Policy = job.Decision is { PolicyId: { } id, PolicyVersion: { } version, PolicyDigest: { } digest }
                ? new DecidingPolicy(id, version, digest, job.Decision.Approved)
                : null,
            Series = job.Generation is null ? null : SeriesOf(job.Generation, inputs, instances, header),
            Predecessor = job.Predecessor is null ? null : PredecessorIn(job.Predecessor),
            SiteZone = site.Value.Zone,
        };
    }

    // A document with scores names its package; one without would be read as the word of all that look at the study.
    private static string SentenceOf(DecisionRow decision) => decision is { State: "not_analysed", Package: { } package } ? $"{package}: {decision.Because}" : decision.Because;

    /// <summary>As it was sent, whatever the settings were then.</summary>
    private static Predecessor PredecessorIn(FrozenDocument sent)
    {
        var set = DicomFile.Read(new MemoryStream(sent.Content)).Dataset;
        return new Predecessor(set.GetString(DicomTag.SOPClassUID)!, set.GetString(DicomTag.SeriesInstanceUID)!, sent.SopUid);
    }

    private static SourceSeries SeriesOf(GenerationRow generation, IReadOnlyList<GenerationInput> inputs, IEnumerable<InstanceRow> instances, DicomDataset header)
    {
        var classes = instances.ToLookup(instance => instance.Sop.Value, instance => instance.SopClass);
        var usual = header.GetString(DicomTag.SOPClassUID) ?? DicomUid.CTImageStorage;
        return new SourceSeries(generation.Series.Value, header.GetString(DicomTag.FrameOfReferenceUID),
            [.. inputs.Select(input => new SourceImage(classes[input.Sop].FirstOrDefault(usual), input.Sop))]);
    }

    /// <summary>Of the first image that was read, or when none was, of any CT image before any other object.</summary>
    private DicomDataset? HeaderOf(List<InstanceRow> instances, IReadOnlyList<GenerationInput> inputs)
    {
        var first = inputs.Count > 0 ? inputs[0].Sop : null;
        var byUse = instances.OrderByDescending(instance => instance.Sop.Value == first).ThenByDescending(instance => instance.SopClass == DicomUid.CTImageStorage);
        foreach (var instance in byUse)
        {
            try
            {
                return DicomFile.Read(spool.At(instance.Path), Head).Dataset;
            }
            catch (Exception gone) when (gone is DicomFormatException or FileNotFoundException or DirectoryNotFoundException)
            {
                // Broken, or no longer in the spool: another image of the study says the same of patient and study.
            }
        }
        return null;
    }

    /// <summary>What the database kept of the first image.</summary>
    private static DicomDataset HeaderOf(StudyRow study)
    {
        var header = new DicomDataset();
        foreach (var (tag, value) in (IEnumerable<(DicomTag, string?)>)
        [
            (DicomTag.PatientID, study.PatientId), (DicomTag.PatientName, study.PatientName), (DicomTag.PatientBirthDate, study.BirthDate),
            (DicomTag.PatientSex, study.Sex), (DicomTag.AccessionNumber, study.Accession), (DicomTag.StudyDate, study.StudyDate),
            (DicomTag.StudyTime, study.StudyTime), (DicomTag.StudyDescription, study.Description),
        ])
            if (value is not null)
                header.Set(tag, value);
        return header;
    }

    private static Verdict VerdictOf(string state) => state switch
    {
        "positive" => Verdict.Positive,
        "negative" => Verdict.Negative,
        "not_analysed" => Verdict.NotAnalysed,
        _ => throw new UnreachableException($"{state} is no outcome we know."),
    };
}
