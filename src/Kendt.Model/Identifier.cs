using System.Text;
using PhoneNumbers;

namespace Kendt.Model;

/// <summary>
/// What names a customer or a device in one of the company's systems: a type and a value in its canonical form
/// (see <see cref="TryCreate"/>), so that equal identifiers are equal records.
/// </summary>
public readonly record struct Identifier(string Type, string Value)
{
    public const string UserId = "user_id", AnonymousId = "anonymous_id", Email = "email", Phone = "phone",
        LoyaltyNo = "loyalty_no", AccountNo = "account_no", Device = "device";

    /// <summary>The longest value that is taken; a longer one is not an identifier but a mistake.</summary>
    public const int MaxLength = 200;

    /// <summary>The type of the identifier that a record's own key is: <c>record:loyalty</c>.</summary>
    public static string RecordKeyOf(string source) => "record:" + source;

    /// <summary>
    /// Brings a raw value to its canonical form: email in lower case without spaces, phone in E.164
    /// (<paramref name="region"/> is the country of numbers written without one), all others trimmed.
    /// </summary>
    /// <returns>False with a reason in plain words when the value cannot identify anybody; the reason never holds the value.</returns>
    public static bool TryCreate(string type, string? raw, out Identifier identifier, out string? reason, string region = Region.Default)
    {
        identifier = default;
        var value = raw?.Trim();
        if (string.IsNullOrEmpty(value)) { reason = $"{type} is empty"; return false; }
        if (value.Length > MaxLength) { reason = $"{type} is longer than {MaxLength} characters"; return false; }
        if (value.Contains('\0', StringComparison.Ordinal)) { reason = $"{type} contains a NUL character"; return false; }
        reason = null;
        switch (type)
        {
            case Email:
                value = value.Normalize(NormalizationForm.FormC).ToLowerInvariant();
                if (!LooksLikeEmail(value)) { reason = "the email does not look like one (name@domain.tld)"; return false; }
                break;
            case Phone:
                if (PhoneNumber(value, region) is not { } number) { reason = $"the phone number is not possible in {region}"; return false; }
                value = number;
                break;
        }
        identifier = new(type, value);
        return true;
    }

    /// <summary><c>type:value</c>, as people write it in searches and addresses.</summary>
    public override string ToString() => $"{Type}:{Value}";

    /// <summary>Reads <c>type:value</c>; the type of a record key has a colon of its own (<c>record:loyalty:4711</c>).</summary>
    public static bool TryParse(string? text, out Identifier identifier)
    {
        identifier = default;
        if (text is null) return false;
        var start = text.StartsWith("record:", StringComparison.Ordinal) ? "record:".Length : 0;
        var colon = text.IndexOf(':', start);
        return colon > 0 && TryCreate(text[..colon], text[(colon + 1)..], out identifier, out _);
    }

    private static bool LooksLikeEmail(string value)
    {
        var at = value.IndexOf('@');
        return at > 0 && at == value.LastIndexOf('@') && value.IndexOf('.', at) > at + 1 && value[^1] != '.' && !value.AsSpan().ContainsAny(' ', ',', ';');
    }

    private static string? PhoneNumber(string value, string region)
    {
        var numbers = PhoneNumberUtil.GetInstance();
        try
        {
            var number = numbers.Parse(value, region);
            return numbers.IsPossibleNumber(number) ? numbers.Format(number, PhoneNumberFormat.E164) : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }
}
