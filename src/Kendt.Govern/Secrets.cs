using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Kendt.Model;

namespace Kendt.Govern;

/// <summary>
/// Encrypts settings that are secrets (another system's password) before they are stored: AES-256-GCM with a random nonce
/// each time, under the key file <c>secret.key</c> of the workspace's folder, which only its owner may read. A copy of the
/// database without that file gives no secret away; a backup needs both.
/// </summary>
public sealed class Secrets
{
    private const string FileName = "secret.key", Prefix = "aesgcm1:";
    private const int KeyBytes = 32, NonceBytes = 12, TagBytes = 16;

    private readonly byte[] _key;

    private Secrets(byte[] key) => _key = key;

    /// <summary>Reads the key of the workspace's folder; makes it the first time.</summary>
    /// <exception cref="CannotException">The file cannot be made or read, or is no key.</exception>
    public static Secrets Open(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            if (!File.Exists(path)) Create(folder, path);
            var key = File.ReadAllBytes(path);
            return key.Length == KeyBytes
                ? new(key)
                : throw new CannotException($"The key file '{path}' has {key.Length} bytes and not {KeyBytes}: it is damaged. Bring it back from a backup; without it the destinations' secrets have to be given again (then remove the file).");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CannotException($"The key file '{path}' cannot be made or read ({fault.Message}). Check that you own the folder and may write to it.", fault);
        }
    }

    public string Protect(string value)
    {
        var text = Encoding.UTF8.GetBytes(value);
        var box = new byte[NonceBytes + text.Length + TagBytes];
        var nonce = box.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(nonce, text, box.AsSpan(NonceBytes, text.Length), box.AsSpan(NonceBytes + text.Length));
        return Prefix + Base64Url.EncodeToString(box);
    }

    /// <exception cref="CannotException">It was protected under another key, or was changed since.</exception>
    public string Unprotect(string kept)
    {
        try
        {
            if (!kept.StartsWith(Prefix, StringComparison.Ordinal)) throw new FormatException("It has no form that this Kendt knows.");
            var box = Base64Url.DecodeFromChars(kept.AsSpan(Prefix.Length));
            if (box.Length < NonceBytes + TagBytes) throw new FormatException("It is too short.");
            var text = new byte[box.Length - NonceBytes - TagBytes];
            using var aes = new AesGcm(_key, TagBytes);
            aes.Decrypt(box.AsSpan(0, NonceBytes), box.AsSpan(NonceBytes, text.Length), box.AsSpan(NonceBytes + text.Length), text);
            return Encoding.UTF8.GetString(text);
        }
        catch (Exception fault) when (fault is FormatException or CryptographicException)
        {
            throw new CannotException($"A kept secret cannot be read: it was protected under another '{FileName}', or was changed. Bring the workspace's own key file back, or give the secret again.", fault);
        }
    }

    // The whole key appears under its name at once, and of two processes that begin together one wins.
    private static void Create(string folder, string path)
    {
        var draft = Path.Combine(folder, $".{FileName}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, options))
        {
            file.Write(RandomNumberGenerator.GetBytes(KeyBytes));
            file.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}
