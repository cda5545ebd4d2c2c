using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kendt.Govern;

/// <summary>
/// Tells what in a message is personal, by its name and by its look, and hides it from those who may see what happened but
/// not to whom. It errs on the side of hiding.
/// </summary>
public static partial class PersonalData
{
    /// <summary>What stands in the place of what is hidden.</summary>
    public const string Hidden = "•••";

    // Names as they are after case, underscores, hyphens and blanks are taken away.
    private static readonly HashSet<string> Names = new(
    [
        "email", "emailaddress", "mail", "phone", "phonenumber", "mobile", "mobilephone", "telephone", "tel", "fax", "firstname", "lastname", "middlename", "fullname", "surname",
        "familyname", "givenname", "username", "displayname", "nickname", "initials", "contactname", "recipient", "birthday", "birthdate", "dateofbirth", "dob", "age", "gender", "sex",
        "address", "street", "streetaddress", "address1", "address2", "line1", "line2", "postalcode", "zip", "zipcode", "billingaddress", "shippingaddress", "latitude", "longitude", "lat", "lng", "lon",
        "ip", "ipaddress", "useragent", "userid", "anonymousid", "previousid", "externalids", "advertisingid", "idfa", "gaid", "deviceid", "pushtoken", "token", "password", "avatar", "photo",
        "ssn", "cpr", "cprnumber", "passport", "iban", "accountnumber", "cardnumber", "loyaltyno", "loyaltynumber", "memberno", "membernumber", "customerno", "customernumber",
    ], StringComparer.Ordinal);

    // These say who somebody is only where they are said of somebody.
    private static readonly HashSet<string> NamesOfSomebody = new(["name", "id", "title", "description", "website", "company"], StringComparer.Ordinal);

    private static readonly JsonWriterOptions Writing = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a member of that name is personal.</summary>
    /// <param name="ofSomebody">It is one of the traits of somebody.</param>
    public static bool IsPersonalName(string name, bool ofSomebody)
    {
        var plain = string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        return Names.Contains(plain) || (ofSomebody && NamesOfSomebody.Contains(plain));
    }

    /// <summary>Whether a text holds an e-mail address or an international telephone number, or is a card number.</summary>
    public static bool LooksPersonal(string text) => Email().IsMatch(text) || Number().IsMatch(text);

    /// <summary>The JSON with what is personal in it hidden; what is not JSON is hidden whole.</summary>
    public static string Hide(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 64 });
            using var bytes = new MemoryStream();
            using (var writer = new Utf8JsonWriter(bytes, Writing)) Write(writer, document.RootElement, ofSomebody: false);
            return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return Hidden;
        }
    }

    /// <summary>One value as an example that anybody may see: hidden if it is personal, and short.</summary>
    public static string Example(string name, JsonElement value, bool ofSomebody)
    {
        if (IsPersonalName(name, ofSomebody)) return Hidden;
        var text = value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? Hide(System.Text.Encoding.UTF8.GetBytes(value.GetRawText())) : value.ToString();
        if (LooksPersonal(text)) return Hidden;
        return text.Length > 60 ? text[..60] + "…" : text;
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, bool ofSomebody)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    if (member.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False) && IsPersonalName(member.Name, ofSomebody)) writer.WriteStringValue(Hidden);
                    else Write(writer, member.Value, ofSomebody || member.Name == "traits");
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(writer, item, ofSomebody);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                var text = value.GetString()!;
                writer.WriteStringValue(LooksPersonal(text) ? Hidden : text);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    [GeneratedRegex(@"[^\s@/?&=]+(@|%40)[^\s@/?&=]+\.[^\s@/?&=]{2,}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Email();

    [GeneratedRegex(@"\+\d[\d\s().-]{6,18}\d|^\s*00\d[\d\s().-]{6,18}$|^\s*(\d[ -]?){13,19}\s*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}
