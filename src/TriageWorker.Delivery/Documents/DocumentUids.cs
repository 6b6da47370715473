using System.Security.Cryptography;
using TriageWorker.Dicom;
using TriageWorker.Triage;

namespace TriageWorker.Delivery;

/// <summary>
/// UIDs that come out the same for the same thing, so that what is sent twice is one object to its receiver. Each is a
/// name-based UUID below 2.25 (PS3.5, B.2) of its parts.
/// </summary>
internal static class DocumentUids
{
    /// <summary>The product's name space; never changes.</summary>
    private static readonly Guid Product = new("6d5d3f0e-5e0b-4b9e-9a55-0f5b7d1c2a47");

    internal static string Device(string serialNumber) => Of("device", serialNumber);

    /// <summary>Changes with weights, prompts and manifest (the package's digest) and with the thresholds (the policy's).</summary>
    internal static string Model(PackageIdentity package, string? policyDigest) => Of("model", package.Id, package.Version, package.Digest, policyDigest ?? "");

    /// <summary>One series for each kind of document, study and installation.</summary>
    internal static string Series(string kind, StudyUid study, string serialNumber) => Of(kind + "-series", study.Value, serialNumber);

    /// <summary>Follows one finding of a study through all documents of one installation.</summary>
    internal static string Tracking(StudyUid study, string kind, string key, string serialNumber) => Of("track", study.Value, kind, key, serialNumber);

    /// <summary>By everything the document says of the study, but not when it was analysed or written.</summary>
    /// <param name="content">What it says, without dates and times of ours.</param>
    internal static string Document(string kind, string sopClassUid, ReportInput input, DicomDataset content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(content.ToBytes(TransferSyntax.ExplicitVRLittleEndian));
        return Of(kind, sopClassUid, input.Study.Value, input.InstanceNumber.ToString(System.Globalization.CultureInfo.InvariantCulture),
            input.Predecessor?.SopInstanceUid ?? "", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static string Of(params string[] parts) => DicomUid.Derive(Product, string.Join('|', parts));
}
