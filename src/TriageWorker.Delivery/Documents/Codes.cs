using TriageWorker.Dicom.StructuredReporting;
using TriageWorker.Triage;

namespace TriageWorker.Delivery;

/// <summary>The codes of our documents: PS3.16's, and our own scheme 99TRIAGE version 1. A code's meaning never changes.</summary>
internal static class Codes
{
    internal const string Own = "99TRIAGE", Phecode = "99PHECODE";

    private const string Dcm = "DCM", Sct = "SCT";

    // Document structure: PS3.16, TID 1500 and what it includes
    internal static readonly Code MeasurementReport = new("126000", Dcm, "Imaging Measurement Report");
    internal static readonly Code Language = new("121049", Dcm, "Language of Content Item and Descendants");
    internal static readonly Code English = new("en-US", "RFC5646", "English (United States)");
    internal static readonly Code ObserverType = new("121005", Dcm, "Observer Type");
    internal static readonly Code Device = new("121007", Dcm, "Device");
    internal static readonly Code DeviceUid = new("121012", Dcm, "Device Observer UID");
    internal static readonly Code DeviceName = new("121013", Dcm, "Device Observer Name");
    internal static readonly Code DeviceManufacturer = new("121014", Dcm, "Device Observer Manufacturer");
    internal static readonly Code DeviceModel = new("121015", Dcm, "Device Observer Model Name");
    internal static readonly Code DeviceSerial = new("121016", Dcm, "Device Observer Serial Number");
    internal static readonly Code ProcedureReported = new("121058", Dcm, "Procedure reported");
    internal static readonly Code CtOfAnyRegion = new("25045-6", "LN", "CT unspecified body region");
    internal static readonly Code ImageLibrary = new("111028", Dcm, "Image Library");
    internal static readonly Code ImageLibraryGroup = new("126200", Dcm, "Image Library Group");
    internal static readonly Code Modality = new("121139", Dcm, "Modality");
    internal static readonly Code ComputedTomography = new("CT", Dcm, "Computed Tomography");
    internal static readonly Code TargetRegion = new("123014", Dcm, "Target Region");
    internal static readonly Code Abdomen = new("818981001", Sct, "Abdomen");
    internal static readonly Code StudyDate = new("111060", Dcm, "Study Date");
    internal static readonly Code FrameOfReference = new("112227", Dcm, "Frame of Reference UID");
    internal static readonly Code Source = new("260753009", Sct, "Source");
    internal static readonly Code Measurements = new("126010", Dcm, "Imaging Measurements");
    internal static readonly Code MeasurementGroup = new("125007", Dcm, "Measurement Group");
    internal static readonly Code TrackingIdentifier = new("112039", Dcm, "Tracking Identifier");
    internal static readonly Code TrackingUid = new("112040", Dcm, "Tracking Unique Identifier");
    internal static readonly Code FindingCategory = new("276214006", Sct, "Finding category");
    internal static readonly Code Finding = new("121071", Dcm, "Finding");
    internal static readonly Code Findings = new("121070", Dcm, "Findings");
    internal static readonly Code FindingSite = new("363698007", Sct, "Finding Site");
    internal static readonly Code AlgorithmName = new("111001", Dcm, "Algorithm Name");
    internal static readonly Code AlgorithmParameters = new("111002", Dcm, "Algorithm Parameters");
    internal static readonly Code AlgorithmVersion = new("111003", Dcm, "Algorithm Version");
    internal static readonly Code Presence = new("121052", Dcm, "Presence of property");
    internal static readonly Code Present = new("52101004", Sct, "Present");
    internal static readonly Code Absent = new("272519000", Sct, "Absent");
    internal static readonly Code Undetermined = new("373068000", Sct, "Undetermined");
    internal static readonly Code Comment = new("121106", Dcm, "Comment");
    internal static readonly Code SourceOfMeasurement = new("121112", Dcm, "Source of Measurement");
    internal static readonly Code NoUnits = new("1", "UCUM", "no units");
    internal static readonly Code Evaluations = new("C0034375", "UMLS", "Qualitative Evaluations");
    internal static readonly Code CadSummary = new("111017", Dcm, "CAD Processing and Findings Summary");
    internal static readonly Code ProcessingEquipment = new("109102", Dcm, "Processing Equipment");

    // Our own
    internal static readonly Code CategoryFinding = new("CAT_FINDING", Own, "AI zero-shot imaging finding");
    internal static readonly Code CategoryPhenotype = new("CAT_PHENOTYPE", Own, "AI phenotype score (phecode)");
    internal static readonly Code CategoryRisk = new("CAT_RISK5Y", Own, "AI five-year disease risk");
    internal static readonly Code ZeroShotScore = new("ZS_SCORE", Own, "Zero-shot score (uncalibrated)");
    internal static readonly Code PhenotypeScore = new("PHENO_SCORE", Own, "Phenotype score (AI, not a diagnosis)");
    internal static readonly Code FiveYearRisk = new("RISK_5Y", Own, "Five-year risk (AI, not a diagnosis)");
    internal static readonly Code Priority = new("TRIAGE_PRIORITY", Own, "AI triage priority");
    internal static readonly Code Rule = new("TRIAGE_RULE", Own, "AI triage rule");
    internal static readonly Code UseLimitation = new("USE_LIMITATION", Own, "Use limitation");
    internal static readonly Code Summary = new("TRIAGE_SUMMARY", Own, "AI triage summary (unverified)");

    internal static Code Of(CodedConcept concept) => new(concept.Value, concept.Scheme, concept.Meaning);

    internal static Code PriorityOf(FlagLevel level) => level switch
    {
        FlagLevel.High => new("PRIO_HIGH", Own, "High"),
        FlagLevel.Medium => new("PRIO_MEDIUM", Own, "Medium"),
        _ => new("PRIO_NONE", Own, "No flag: standard care"),
    };

    /// <summary>PS3.16, CID 6047.</summary>
    internal static Code CadSummaryOf(bool allSucceeded, bool anyFinding) => (allSucceeded, anyFinding) switch
    {
        (true, false) => new("111241", Dcm, "All algorithms succeeded; without findings"),
        (true, true) => new("111242", Dcm, "All algorithms succeeded; with findings"),
        (false, false) => new("111243", Dcm, "Not all algorithms succeeded; without findings"),
        (false, true) => new("111244", Dcm, "Not all algorithms succeeded; with findings"),
    };
}
