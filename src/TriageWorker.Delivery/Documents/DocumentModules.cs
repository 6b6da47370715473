using TriageWorker.Dicom;
using TriageWorker.Triage;

namespace TriageWorker.Delivery;

/// <summary>The modules that all our documents share (PS3.3, A.35): patient and study copied, the rest ours.</summary>
internal sealed class DocumentModules(DeliveryOptions options)
{
    internal const string Manufacturer = "TriageWorker", Model = "TriageWorker";

    internal static readonly string ProductVersion = typeof(DocumentModules).Assembly.GetName().Version?.ToString(3) ?? "0";

    // Absent in the images: written empty (type 2) or left out (type 3)
    private static readonly DicomTag[] CopiedOrEmpty =
    [
        DicomTag.PatientName, DicomTag.PatientID, DicomTag.PatientBirthDate, DicomTag.PatientSex, DicomTag.StudyDate, DicomTag.StudyTime,
        DicomTag.ReferringPhysicianName, DicomTag.StudyID, DicomTag.AccessionNumber,
    ];

    private static readonly DicomTag[] Copied =
    [
        DicomTag.IssuerOfPatientID, DicomTag.IssuerOfPatientIDQualifiersSequence, DicomTag.OtherPatientIDsSequence, DicomTag.PatientAge,
        DicomTag.PatientSize, DicomTag.PatientWeight, DicomTag.IssuerOfAccessionNumberSequence, DicomTag.StudyDescription, DicomTag.ProcedureCodeSequence,
    ];

    // Referenced Request Sequence: type 2, so present in any case (PS3.3, C.17.2)
    private static readonly DicomTag[] Ordered =
    [
        DicomTag.AccessionNumber, DicomTag.PlacerOrderNumberImagingServiceRequest, DicomTag.FillerOrderNumberImagingServiceRequest,
        DicomTag.RequestedProcedureID, DicomTag.RequestedProcedureDescription, DicomTag.RequestedProcedureCodeSequence,
    ];

    // Any of these says which order it was; a description alone does not.
    private static readonly DicomTag[] OrderNumbers =
    [
        DicomTag.AccessionNumber, DicomTag.PlacerOrderNumberImagingServiceRequest, DicomTag.FillerOrderNumberImagingServiceRequest,
        DicomTag.RequestedProcedureID,
    ];

    /// <summary>Everything but the content tree and the SOP instance UID.</summary>
    internal DicomDataset Begin(ReportInput input, string sopClassUid, string kind, int seriesNumber, string description)
    {
        var time = SiteTime.Of(input.Header.GetString(DicomTag.TimezoneOffsetFromUTC), input.SiteZone, input.StartedAt);
        var set = new DicomDataset().Set(DicomTag.SpecificCharacterSet, "ISO_IR 192").Set(DicomTag.SOPClassUID, sopClassUid);
        foreach (var tag in CopiedOrEmpty) set.SetEmpty(tag).Copy(input.Header, tag);
        foreach (var tag in Copied) set.Copy(input.Header, tag);
        if (time.Written is { } offset) set.Set(DicomTag.TimezoneOffsetFromUTC, offset);
        set.Set(DicomTag.StudyInstanceUID, input.Study.Value)
            .Set(DicomTag.InstanceCreationDate, time.Date(input.DecidedAt)).Set(DicomTag.InstanceCreationTime, time.Time(input.DecidedAt))
            .Set(DicomTag.Modality, "SR")
            .Set(DicomTag.SeriesInstanceUID, DocumentUids.Series(kind, input.Study, input.SerialNumber))
            .Set(DicomTag.SeriesNumber, seriesNumber)
            .Set(DicomTag.SeriesDate, time.Date(input.StartedAt)).Set(DicomTag.SeriesTime, time.Time(input.StartedAt))
            .Set(DicomTag.SeriesDescription, description)
            .SetEmpty(DicomTag.ReferencedPerformedProcedureStepSequence);
        AddEquipment(set, input);
        AddGeneral(set, input, time);
        return set;
    }

    private void AddEquipment(DicomDataset set, ReportInput input)
    {
        var version = input.Scores?.Package.Version;
        set.Set(DicomTag.Manufacturer, Manufacturer).Set(DicomTag.ManufacturerModelName, Model)
            .Set(DicomTag.DeviceSerialNumber, input.SerialNumber)
            .Set(DicomTag.SoftwareVersions, version is null ? [ProductVersion] : [ProductVersion, version]);
        if (options.Institution.Length > 0) set.Set(DicomTag.InstitutionName, options.Institution);
    }

    private static void AddGeneral(DicomDataset set, ReportInput input, SiteTime time)
    {
        var (completion, why) = CompletionOf(input);
        set.Set(DicomTag.InstanceNumber, input.InstanceNumber)
            .Set(DicomTag.PreliminaryFlag, "PRELIMINARY")
            .Set(DicomTag.CompletionFlag, completion)
            .Set(DicomTag.CompletionFlagDescription, why)
            .Set(DicomTag.VerificationFlag, "UNVERIFIED")
            .Set(DicomTag.ContentDate, time.Date(input.StartedAt)).Set(DicomTag.ContentTime, time.Time(input.StartedAt))
            .SetEmpty(DicomTag.PerformedProcedureCodeSequence);
        if (OrderOf(input) is { } order) set.Set(DicomTag.ReferencedRequestSequence, order);
        if (input.Predecessor is { } predecessor) set.Set(DicomTag.PredecessorDocumentsSequence, References.Of(
            input.Study, predecessor.SeriesUid, [new SourceImage(predecessor.SopClassUid, predecessor.SopInstanceUid)]));
        if (input.Series is { } series) set.Set(DicomTag.CurrentRequestedProcedureEvidenceSequence, References.Of(input.Study, series.SeriesUid, series.Images));
        if (input.Scores?.Package is { } package) set.Set(DicomTag.ContributingEquipmentSequence, ContributingModel(package, input, time));
    }

    private static (string Flag, string Why) CompletionOf(ReportInput input) => input switch
    {
        { Verdict: Verdict.NotAnalysed } => ("PARTIAL", "The study, or a part of it, was not analysed"),
        { } when !Completeness(input) => ("PARTIAL", "Some findings have no score"),
        _ => ("COMPLETE", "All configured AI heads ran"),
    };

    /// <summary>Whether every approved finding has a score.</summary>
    internal static bool Completeness(ReportInput input) => input.Policy?.Approved.All(approved =>
        input.Scores?.Findings.Any(finding => finding.Key == approved.Key && double.IsFinite(finding.Score)) == true) != false;

    /// <summary>The order as the images tell it; null when they do not. What their first request leaves out, they may say themselves.</summary>
    private static DicomDataset? OrderOf(ReportInput input)
    {
        var requests = input.Header.GetSequence(DicomTag.RequestAttributesSequence);
        DicomDataset[] tellers = requests.Count > 0 ? [input.Header, requests[0]] : [input.Header];
        if (!tellers.Any(teller => OrderNumbers.Any(number => teller.GetString(number) is not null))) return null;
        var order = new DicomDataset().Set(DicomTag.StudyInstanceUID, input.Study.Value).SetEmpty(DicomTag.ReferencedStudySequence);
        foreach (var tag in Ordered)
        {
            order.SetEmpty(tag);
            foreach (var teller in tellers.Where(teller => teller.GetString(tag) is not null || teller.GetSequence(tag).Count > 0)) order.Copy(teller, tag);
        }
        return order;
    }

    private static DicomDataset ContributingModel(PackageIdentity package, ReportInput input, SiteTime time) => new DicomDataset()
        .Set(DicomTag.PurposeOfReferenceCodeSequence, Codes.ProcessingEquipment.ToItem())
        .Set(DicomTag.Manufacturer, Manufacturer)
        .Set(DicomTag.ManufacturerModelName, Shortened(package.Title))
        .Set(DicomTag.SoftwareVersions, package.Version)
        .Set(DicomTag.DeviceUID, DocumentUids.Model(package, input.Policy?.Digest))
        .Set(DicomTag.ContributionDateTime, time.DateAndTime(input.StartedAt))
        .Set(DicomTag.ContributionDescription, input.Demonstration ? Sentences.Demonstration : "AI inference, for worklist prioritization only");

    private static string Shortened(string text) => text.Length <= 64 ? text : string.Concat(text.AsSpan(0, 61), "..."); // LO
}
