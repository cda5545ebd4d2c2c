using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Kendt.Govern;

/// <summary>
/// A random text that proves something by being known: 256 bits, base64url. Kendt keeps only its SHA-256; with so many
/// random bits a slow hash would add nothing.
/// </summary>
internal static class Opaque
{
    /// <summary>43 characters, safe in addresses and headers.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string Hash(string raw) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(raw)));
}
