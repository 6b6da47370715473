using System.Security.Cryptography;
using System.Text;

namespace TriageWorker.Intake;

/// <summary>UIDs lead to patients, so outside the audit store they appear as a short digest: enough to find a line again from a known UID.</summary>
internal static class UidHash
{
    public static string Of(string uid) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(uid)).AsSpan(0, 6));
}
