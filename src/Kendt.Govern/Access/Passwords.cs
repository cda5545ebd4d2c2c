using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Kendt.Model;
using Konscious.Security.Cryptography;

namespace Kendt.Govern;

/// <summary>
/// Passwords by Argon2id (RFC 9106) with the least cost that OWASP recommends: 19 MiB, 2 iterations, 1 lane; 16 bytes of salt,
/// 32 of hash. Kept as <c>$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH</c>, so that the cost can be raised later and old ones
/// still be checked.
/// </summary>
internal static class Passwords
{
    public const int MinLength = 12, MaxLength = 256;

    private const int MemoryKib = 19 * 1024, Iterations = 2, Lanes = 1, SaltBytes = 16, HashBytes = 32;

    private static readonly string Prefix = string.Create(CultureInfo.InvariantCulture, $"$argon2id$v=19$m={MemoryKib},t={Iterations},p={Lanes}$");

    /// <summary>Nobody's: checked when there is no password, so that the answer takes as long.</summary>
    private static readonly string Nobody = Encode(new byte[SaltBytes], new byte[HashBytes]);

    /// <exception cref="BadInputException">It is too short, too long, or the member's own email.</exception>
    public static async Task<string> HashAsync(string password, string email)
    {
        var text = password.Normalize(NormalizationForm.FormC);
        if (text.Length < MinLength)
            throw new BadInputException($"password has {text.Length} characters; it needs at least {MinLength}. Four words in a row are strong and easy to remember.");
        if (text.Length > MaxLength)
            throw new BadInputException($"password has {text.Length} characters; at most {MaxLength} are taken.");
        if (string.Equals(text, email, StringComparison.OrdinalIgnoreCase))
            throw new BadInputException("password is the email address itself; choose one that others cannot guess.");
        return await HashAsync(text);
    }

    /// <summary>The same password at today's costs; what was allowed once stays allowed.</summary>
    public static Task<string> RenewAsync(string password) => HashAsync(password.Normalize(NormalizationForm.FormC));

    /// <summary>Takes as long for a null <paramref name="encoded"/> as for a wrong password, and answers false.</summary>
    public static async Task<bool> VerifyAsync(string password, string? encoded)
    {
        if (password.Length > MaxLength * 4) return false; // its length alone tells nothing of the member
        var (salt, expected, memory, iterations, lanes) = Decode(encoded ?? Nobody);
        var text = password.Length == 0 ? " " : password.Normalize(NormalizationForm.FormC); // Argon2 takes no empty text
        var actual = await ComputeAsync(text, salt, memory, iterations, lanes);
        return CryptographicOperations.FixedTimeEquals(actual, expected) && encoded is not null && password.Length > 0;
    }

    /// <summary>It was made with other costs than today's and should be made again.</summary>
    public static bool IsOutdated(string encoded) => !encoded.StartsWith(Prefix, StringComparison.Ordinal);

    private static async Task<string> HashAsync(string normalized)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return Encode(salt, await ComputeAsync(normalized, salt, MemoryKib, Iterations, Lanes));
    }

    private static async Task<byte[]> ComputeAsync(string password, byte[] salt, int memory, int iterations, int lanes)
    {
        using var argon = new Argon2id(Encoding.UTF8.GetBytes(password))
        {
            Salt = salt,
            MemorySize = memory,
            Iterations = iterations,
            DegreeOfParallelism = lanes,
        };
        return await argon.GetBytesAsync(HashBytes);
    }

    private static string Encode(byte[] salt, byte[] hash) => Prefix + Base64(salt) + "$" + Base64(hash);

    private static (byte[] Salt, byte[] Hash, int Memory, int Iterations, int Lanes) Decode(string encoded)
    {
        var parts = encoded.Split('$');
        if (parts is not ["", "argon2id", "v=19", var costs, var salt, var hash]) throw new FormatException("A kept password has no form that this Kendt knows.");
        var numbers = costs.Split(',').Select(cost => int.Parse(cost.AsSpan(2), CultureInfo.InvariantCulture)).ToArray();
        return (Bytes(salt), Bytes(hash), numbers[0], numbers[1], numbers[2]);
    }

    // The encoding leaves the padding out.
    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static byte[] Bytes(string text) => Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
}
