using System.Globalization;
using System.Security.Cryptography;
using YamlDotNet.RepresentationModel;

namespace Kendt.Collect;

/// <summary>How a sender signs: a keyed digest (HMAC, RFC 2104) of the body, or of a text with the time and the body in it.</summary>
public sealed record WebhookSignature
{
    private enum Scheme { Hmac, GitHub, Shopify, Slack, Stripe }

    private enum Digest { Sha256, Sha1, Sha512 }

    private enum Form { Hex, Base64 }

    /// <summary>The header with the signature.</summary>
    public required string Header { get; init; }
    private Digest Algorithm { get; init; }
    private Form Encoding { get; init; }
    /// <summary>What stands before the signature in its header.</summary>
    public string Prefix { get; init; } = "";
    /// <summary>The header with the sender's time, seconds since 1970; null if it is not signed, or stands in <see cref="Header"/>.</summary>
    public string? TimestampHeader { get; init; }
    /// <summary>What is signed, with <c>{timestamp}</c> and <c>{body}</c>.</summary>
    public string Signed { get; init; } = "{body}";
    /// <summary>How old or early a signed time may be, so that what was overheard cannot be sent again later.</summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromMinutes(5);
    /// <summary>The header is a list <c>t=TIME,v1=SIGNATURE,v1=...</c>.</summary>
    public bool IsList { get; init; }

    internal static WebhookSignature Read(YamlReader read, YamlNode node)
    {
        var m = read.Members(node, "scheme", "header", "algorithm", "encoding", "prefix", "timestamp", "signed", "tolerance");
        var scheme = read.Choice<Scheme>(m.GetValueOrDefault("scheme")) ?? Scheme.Hmac;
        var known = scheme switch
        {
            Scheme.GitHub => new WebhookSignature { Header = "X-Hub-Signature-256", Prefix = "sha256=" },
            Scheme.Shopify => new() { Header = "X-Shopify-Hmac-Sha256", Encoding = Form.Base64 },
            Scheme.Slack => new() { Header = "X-Slack-Signature", Prefix = "v0=", TimestampHeader = "X-Slack-Request-Timestamp", Signed = "v0:{timestamp}:{body}" },
            Scheme.Stripe => new() { Header = "Stripe-Signature", Signed = "{timestamp}.{body}", IsList = true },
            _ => new() { Header = "" },
        };
        var signature = known with
        {
            Header = read.Text(m.GetValueOrDefault("header")) ?? known.Header,
            Algorithm = read.Choice<Digest>(m.GetValueOrDefault("algorithm")) ?? known.Algorithm,
            Encoding = read.Choice<Form>(m.GetValueOrDefault("encoding")) ?? known.Encoding,
            Prefix = read.Text(m.GetValueOrDefault("prefix")) ?? known.Prefix,
            TimestampHeader = read.Text(m.GetValueOrDefault("timestamp")) ?? known.TimestampHeader,
            Signed = read.Text(m.GetValueOrDefault("signed")) ?? known.Signed,
            Tolerance = m.TryGetValue("tolerance", out var tolerance) && read.Text(tolerance) is { } text ? Seconds(read, tolerance, text) : known.Tolerance,
        };
        if (signature.Header.Length == 0) read.Fault(node, "header is missing: the header that the signature stands in; or say scheme: github, shopify, slack or stripe.");
        if (!signature.Signed.Contains("{body}", StringComparison.Ordinal)) read.Fault(m["signed"], "signed must have {body} in it.");
        var needsTime = signature.Signed.Contains("{timestamp}", StringComparison.Ordinal);
        if (needsTime && signature.TimestampHeader is null && !signature.IsList) read.Fault(node, "timestamp is missing: the header with the time that is signed.");
        if (!needsTime && signature.TimestampHeader is not null) read.Fault(node, "a time that is not signed proves nothing: put {timestamp} into signed, or leave timestamp out.");
        return signature;
    }

    /// <summary>Why what came is not from who has the secret; null if it is.</summary>
    public string? Check(Func<string, string?> header, ReadOnlySpan<byte> body, string secret, DateTimeOffset now)
    {
        if (header(Header)?.Trim() is not { Length: > 0 } said) return $"The header {Header} is missing: this source's webhooks are signed.";
        var (stamp, given) = (TimestampHeader is null ? null : header(TimestampHeader)?.Trim(), new List<string>());
        if (IsList)
        {
            foreach (var part in said.Split(',', StringSplitOptions.TrimEntries))
            {
                if (part.StartsWith("t=", StringComparison.Ordinal)) stamp = part[2..];
                else if (part.StartsWith("v1=", StringComparison.Ordinal)) given.Add(part[3..]);
            }
        }
        else if (said.StartsWith(Prefix, StringComparison.Ordinal))
        {
            given.Add(said[Prefix.Length..]);
        }
        if (Signed.Contains("{timestamp}", StringComparison.Ordinal))
        {
            if (!long.TryParse(stamp, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)) return "The time that is signed is missing, or is no number of seconds since 1970.";
            if (Math.Abs(now.ToUnixTimeSeconds() - (decimal)seconds) > (decimal)Tolerance.TotalSeconds) return $"The time that is signed is more than {Tolerance.TotalSeconds:N0} seconds from this server's.";
        }
        var expected = Of(body, stamp ?? "", secret);
        var matches = false;
        foreach (var one in given) matches |= TryRead(one, out var bytes) && CryptographicOperations.FixedTimeEquals(bytes, expected);
        return matches ? null : "The signature is not that of this body under this source's secret.";
    }

    private byte[] Of(ReadOnlySpan<byte> body, string stamp, string secret)
    {
        var name = Algorithm switch { Digest.Sha1 => HashAlgorithmName.SHA1, Digest.Sha512 => HashAlgorithmName.SHA512, _ => HashAlgorithmName.SHA256 };
        using var hmac = IncrementalHash.CreateHMAC(name, System.Text.Encoding.UTF8.GetBytes(secret));
        var at = Signed.IndexOf("{body}", StringComparison.Ordinal);
        hmac.AppendData(System.Text.Encoding.UTF8.GetBytes(Signed[..at].Replace("{timestamp}", stamp, StringComparison.Ordinal)));
        hmac.AppendData(body);
        hmac.AppendData(System.Text.Encoding.UTF8.GetBytes(Signed[(at + 6)..].Replace("{timestamp}", stamp, StringComparison.Ordinal)));
        return hmac.GetHashAndReset();
    }

    private bool TryRead(string text, out byte[] bytes)
    {
        try
        {
            bytes = Encoding == Form.Hex ? Convert.FromHexString(text) : Convert.FromBase64String(text);
            return true;
        }
        catch (FormatException)
        {
            bytes = [];
            return false;
        }
    }

    private static TimeSpan Seconds(YamlReader read, YamlNode node, string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86_400) return TimeSpan.FromSeconds(seconds);
        read.Fault(node, "tolerance is a number of seconds, from 1 to 86400.");
        return TimeSpan.FromMinutes(5);
    }
}
