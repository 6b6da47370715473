using System.Security.Cryptography;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Scoring;

/// <summary>Whether a file holds the content that was received: SHA-256 over its data set without file meta.</summary>
internal static class ContentDigest
{
    /// <summary>What its digest is instead, or that it is no DICOM file; null when it is as it should be.</summary>
    public static string? Fault(string path, byte[] expected)
    {
        try
        {
            var head = Part10Head.Read(path);
            using var file = File.OpenRead(path);
            file.Position = head.DataSetOffset;
            var digest = SHA256.HashData(file);
            return digest.AsSpan().SequenceEqual(expected) ? null : $"its digest is {Convert.ToHexStringLower(digest)}";
        }
        catch (DicomNetworkException)
        {
            return "it is no DICOM Part 10 file";
        }
    }
}

/// <summary>A node gives other bytes than were received.</summary>
public sealed class ContentMismatchException(string message) : IOException(message);
