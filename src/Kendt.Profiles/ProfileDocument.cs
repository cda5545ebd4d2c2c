using System.Text.Json;
using System.Text.Json.Serialization;
using Kendt.Model.Merging;

namespace Kendt.Profiles;

/// <summary>
/// A profile's traits as the ledger keeps them, one JSON text per profile: for each name what each voice said last, the newest first.
/// Which of them is shown says the <see cref="MergePolicy"/> that holds when the profile is read.
/// </summary>
internal sealed class ProfileDocument
{
    [JsonPropertyName("traits")]
    public Dictionary<string, List<TraitValue>> Traits { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Takes one voice's word for a trait; an older word than that voice's last changes nothing.</summary>
    public void Say(string name, TraitValue word)
    {
        if (!Traits.TryGetValue(name, out var words)) Traits[name] = words = new(1);
        var at = words.FindIndex(w => w.Fact(name).Voice == word.Fact(name).Voice);
        if (at >= 0)
        {
            if (IsLater(words[at], word)) return;
            words.RemoveAt(at);
        }
        var place = words.FindIndex(w => !IsLater(w, word));
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

    public void Absorb(ProfileDocument other)
    {
        foreach (var (name, words) in other.Traits) foreach (var word in words) Say(name, word);
    }

    /// <summary>What is shown, by name: the value that holds first, then the runners-up.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<TraitValue>> Shown(MergePolicy policy)
    {
        if (policy.Rules.Count == 0) return Traits.ToDictionary(t => t.Key, IReadOnlyList<TraitValue> (t) => t.Value, StringComparer.Ordinal);
        var shown = new Dictionary<string, IReadOnlyList<TraitValue>>(StringComparer.Ordinal);
        foreach (var name in Traits.Keys.Select(policy.ShownAs).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            var words = policy.Reads(name).Where(Traits.ContainsKey).SelectMany(n => Traits[n].Select(w => w.Fact(n)));
            if (policy.Show(name, words) is not { } merged) continue;
            List<TraitValue> every = [.. merged.Words.Select(w => TraitValue.Of(w, name))];
            shown[name] = merged.Value.ValueKind is JsonValueKind.Undefined ? [Unsaid(every[0]), .. every]
                : merged.IsMade ? [Made(merged.Value, every), .. every] : every;
        }
        return shown;
    }

    public string Write() => JsonSerializer.Serialize(this, DocumentJson.Default.ProfileDocument);

    public static ProfileDocument Read(string json) => JsonSerializer.Deserialize(json, DocumentJson.Default.ProfileDocument) ?? new();

    private static bool IsLater(TraitValue one, TraitValue other) => one.At != other.At ? one.At > other.At : one.Seq > other.Seq;

    // A value out of several words has their sources, and the time of the newest.
    private static TraitValue Made(JsonElement value, List<TraitValue> words) =>
        new(value, string.Join(", ", words.Select(w => w.Source).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)), words.Max(w => w.At), "");

    private static TraitValue Unsaid(TraitValue like) => like with { Value = Nothing, Evidence = "" };

    private static readonly JsonElement Nothing = JsonElement.Parse("null");
}

/// <summary>What one source said of a trait, and when.</summary>
/// <param name="Value">JSON value; null when the source said that there is none.</param>
/// <param name="Source">Who said it; of a value that is made of several words, all of them.</param>
/// <param name="Evidence">The message or record: <c>message:SOURCE:SEQ</c> or <c>record:SOURCE:KEY</c>; empty if it is made of several words.</param>
public sealed record TraitValue(
    [property: JsonPropertyName("v")] JsonElement Value,
    [property: JsonPropertyName("s")] string Source,
    [property: JsonPropertyName("t")] DateTimeOffset At,
    [property: JsonPropertyName("e")] string Evidence)
{
    /// <summary>Its place among all that was said.</summary>
    [JsonPropertyName("n")]
    public long Seq { get; init; }

    /// <summary>The name that the source says, where it is shown under another.</summary>
    [JsonIgnore]
    public string? SaidAs { get; init; }

    internal TraitFact Fact(string name) => new(name, Value, At, Seq) { Source = Source, Evidence = Evidence };

    internal static TraitValue Of(TraitFact fact, string shown) => new(fact.Value, fact.Source, fact.At, fact.Evidence) { Seq = fact.Seq, SaidAs = fact.Name == shown ? null : fact.Name };
}

[JsonSerializable(typeof(ProfileDocument))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
internal sealed partial class DocumentJson : JsonSerializerContext;
