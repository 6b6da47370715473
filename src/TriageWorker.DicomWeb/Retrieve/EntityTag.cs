using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace TriageWorker.DicomWeb;

/// <summary>
/// Names a representation by the digests of what it is made from (RFC 9110, 8.8.3). Weak: its boundaries and file meta may be
/// other bytes next time, the values are the same.
/// </summary>
internal static class EntityTag
{
    /// <summary>Null when a digest is not known.</summary>
    /// <param name="representation">What was made of the instances: its type, syntax, frames.</param>
    public static EntityTagHeaderValue? Of(IReadOnlyList<StoredInstance> instances, string representation)
    {
        if (instances.Any(instance => instance.Digest.Length == 0)) return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var instance in instances) hash.AppendData(Encoding.UTF8.GetBytes($"{instance.SopInstanceUid} {instance.Digest}\n"));
        hash.AppendData(Encoding.UTF8.GetBytes(representation));
        return new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16))}\"", isWeak: true);
    }

    /// <summary>Says the tag in the answer. True when the client has this very representation, which is answered with 304.</summary>
    public static bool IsKnown(HttpContext http, EntityTagHeaderValue? tag)
    {
        if (tag is null) return false;
        http.Response.Headers.ETag = tag.ToString();
        if (StringValues.IsNullOrEmpty(http.Request.Headers.IfNoneMatch)) return false;
        if (!EntityTagHeaderValue.TryParseList(http.Request.Headers.IfNoneMatch, out var known)) return false;
        if (!known.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, useStrongComparison: false))) return false;
        http.Response.StatusCode = StatusCodes.Status304NotModified;
        return true;
    }
}
