using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kendt.Profiles;

/// <summary>
/// A profile's traits as the ledger keeps them, one JSON text per profile: for each trait what each source said last,
/// the value that holds first. The latest word wins, whoever said it.
/// </summary>
internal sealed class ProfileDocument
{
    [JsonPropertyName("traits")]
    public Dictionary<string, List<TraitValue>> Traits { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Takes one source's word for a trait; an older word than that source's last changes nothing.</summary>
    public void Say(string name, TraitValue word)
    {
        if (!Traits.TryGetValue(name, out var words)) Traits[name] = words = new(1);
        var at = words.FindIndex(w => w.Source == word.Source && IsOneVoice(w.Evidence, word.Evidence));
        if (at >= 0)
        {
            if (words[at].At > word.At) return;
            words.RemoveAt(at);
        }
        var place = words.FindIndex(w => w.At <= word.At);
        words.Insert(place < 0 ? words.Count : place, word);
    }

    /// <summary>Takes back all that a record said; what others said before it holds again.</summary>
    public void Withdraw(string evidence)
    {
        foreach (var (name, words) in Traits.ToList())
        {
            if (words.RemoveAll(w => w.Evidence == evidence) > 0 && words.Count == 0) Traits.Remove(name);
        }
    }

    // Records of one source may be two of one person, and one of them may go: each keeps its own word.
    private static bool IsOneVoice(string one, string other) =>
        one == other || !(one.StartsWith("record:", StringComparison.Ordinal) && other.StartsWith("record:", StringComparison.Ordinal));

    public void Absorb(ProfileDocument other)
    {
        foreach (var (name, words) in other.Traits) foreach (var word in words) Say(name, word);
    }

    public string Write() => JsonSerializer.Serialize(this, DocumentJson.Default.ProfileDocument);

    public static ProfileDocument Read(string json) => JsonSerializer.Deserialize(json, DocumentJson.Default.ProfileDocument) ?? new();
}

/// <summary>What one source said of a trait, and when.</summary>
/// <param name="Value">JSON value; null when the source said that there is none.</param>
/// <param name="Evidence">The message or record: <c>message:SOURCE:SEQ</c> or <c>record:SOURCE:KEY</c>.</param>
public sealed record TraitValue(
    [property: JsonPropertyName("v")] JsonElement Value,
    [property: JsonPropertyName("s")] string Source,
    [property: JsonPropertyName("t")] DateTimeOffset At,
    [property: JsonPropertyName("e")] string Evidence);

[JsonSerializable(typeof(ProfileDocument))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
internal sealed partial class DocumentJson : JsonSerializerContext;
