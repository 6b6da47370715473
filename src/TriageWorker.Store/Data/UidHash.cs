using System.Security.Cryptography;
using System.Text;

namespace TriageWorker.Store;

/// <summary>
/// UIDs lead to patients, so outside the database and its ledger (logs, traces) they appear as a short keyed digest: enough
/// to find a line or a trace again from a known UID. A plain digest would not do: a UID is a known root and a time, and can be
/// guessed and tried. The key is drawn with the database, so all processes of an installation say the same.
/// </summary>
/// <remarks>Until this process has reached the database, it uses a key of its own: its lines can be told apart, and lead nowhere.</remarks>
public sealed class UidHash
{
    private const int Bytes = 8;
    private byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <returns>16 hexadecimal digits.</returns>
    public string Of(string uid) => Convert.ToHexStringLower(HMACSHA256.HashData(Volatile.Read(ref _key), Encoding.UTF8.GetBytes(uid)).AsSpan(0, Bytes));

    internal void Use(byte[] installationKey) => Volatile.Write(ref _key, installationKey);
}
