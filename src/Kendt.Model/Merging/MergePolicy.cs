using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kendt.Model.Merging;

/// <summary>
/// Which of the values that were said of a trait is shown. A candidate is the newest word of each voice (<see cref="TraitFact.Voice"/>).
/// Whatever the way, of two that are equally good the later one counts, and of two of one moment the one that came later.
/// </summary>
public enum MergeWay
{
    /// <summary>The newest word, also one that says that there is none. So it is if nothing is said.</summary>
    MostRecent,
    /// <summary>The oldest of the words.</summary>
    LeastRecent,
    /// <summary>That of the most important source which says something; sources that are not listed come after those that are.</summary>
    Importance,
    /// <summary>What most voices say.</summary>
    MostFrequent,
    /// <summary>All values as a list, each once, the newest first.</summary>
    Combine,
    /// <summary>The newest of each source under the source's name: <c>phone.crm</c>.</summary>
    Separate,
    /// <summary>Nothing: it is kept, and shown nowhere.</summary>
    Exclude,
}

/// <summary>What becomes of one name that sources use.</summary>
/// <param name="Name">The name that sources say; <see cref="MergePolicy.Others"/> for all names without a rule of their own.</param>
/// <param name="Shown">The name that it is shown under.</param>
/// <param name="Unit">Names of one unit are shown from one voice: the one with the best word among all of them.</param>
/// <param name="Ranks">Which order of sources counts; see <see cref="MergeRank"/>.</param>
/// <param name="Place">Of two words of one voice that are equally good, the one of the lower place counts.</param>
public sealed record MergeRule(string Name, string Shown, string Unit, MergeWay Way, string Ranks, long Place);

/// <summary>How important a source is in an order: 0 is the most important.</summary>
public sealed record MergeRank(string Ranks, string Source, long Place);

/// <summary>
/// How what sources said of traits becomes what is shown: in profiles, rules, measures and exports. Here it is over one profile; its SQL is
/// in <c>Kendt.Store.MergeSql</c>, and a property test proves that they are one.
/// </summary>
public sealed class MergePolicy
{
    /// <summary>The name of the rule for all names without one.</summary>
    public const string Others = "*";

    /// <summary>The place of sources that no order lists.</summary>
    public const long Unranked = 1_000_000;

    private readonly Dictionary<string, MergeRule> _rules;
    private readonly ILookup<string, MergeRule> _shown, _units;
    private readonly Dictionary<(string, string), long> _ranks;
    private readonly MergeRule? _others;

    public MergePolicy(IReadOnlyList<MergeRule> rules, IReadOnlyList<MergeRank> ranks)
    {
        (Rules, Ranks) = (rules, ranks);
        _rules = rules.Where(r => r.Name != Others).ToDictionary(r => r.Name, StringComparer.Ordinal);
        _shown = _rules.Values.Where(r => r.Way is not MergeWay.Exclude).ToLookup(r => r.Shown, StringComparer.Ordinal);
        _units = _rules.Values.ToLookup(r => r.Unit, StringComparer.Ordinal);
        _ranks = ranks.ToDictionary(r => (r.Ranks, r.Source), r => r.Place);
        _others = rules.FirstOrDefault(r => r.Name == Others);
    }

    /// <summary>The newest word of each trait, whoever said it.</summary>
    public static MergePolicy MostRecent { get; } = new([], []);

    public IReadOnlyList<MergeRule> Rules { get; }

    public IReadOnlyList<MergeRank> Ranks { get; }

    /// <summary>Whether the newest word of a trait is what is shown of it.</summary>
    public bool IsPlain(string shown) => _others is null && !_rules.ContainsKey(shown) && !_shown.Contains(shown);

    /// <summary>The names whose words decide what is shown of a trait.</summary>
    public IReadOnlyList<string> Reads(string shown) => RuleOf(shown) is not { } rule ? IsPlain(shown) ? [shown] : []
        : rule.Name == Others ? [shown] : [.. _units[rule.Unit].Where(r => r.Way is not MergeWay.Exclude).Select(r => r.Name)];

    /// <summary>The name that words of a name are shown under; null if they are not shown.</summary>
    public string? ShownAs(string name) => !_rules.TryGetValue(name, out var rule) ? name : rule.Way is MergeWay.Exclude ? null : rule.Shown;

    /// <summary>What is shown of a trait.</summary>
    /// <param name="words">The newest word of each voice for each of the names that <see cref="Reads"/> tells; others do no harm.</param>
    /// <returns>Null if nothing was said.</returns>
    public Merged? Show(string shown, IEnumerable<TraitFact> words)
    {
        if (RuleOf(shown) is not { } rule) return IsPlain(shown) ? Merged.Of([.. words.Where(w => w.Name == shown).OrderByDescending(w => w.At).ThenByDescending(w => w.Seq)]) : null;
        var unit = words.Select(w => (Word: w, Rule: Applied(w.Name))).Where(w => w.Rule is not null && w.Rule.Unit == rule.Unit && w.Rule.Way == rule.Way)
            .OrderBy(w => w.Rule!.Place).Select(w => w.Word).ToList();
        var counted = rule.Way is MergeWay.MostRecent ? unit : [.. unit.Where(w => Says(w.Value))];
        var votes = rule.Way is MergeWay.MostFrequent ? counted.GroupBy(w => JsonText.Of(w.Value), StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.LongCount(), StringComparer.Ordinal) : [];
        List<TraitFact> best = [.. counted.OrderBy(Worth).ThenByDescending(w => w.At).ThenByDescending(w => w.Seq)];
        List<TraitFact> mine = [.. best.Where(w => Applied(w.Name)!.Shown == shown)];
        if (mine.Count == 0) return null;
        if (rule.Way is MergeWay.Combine) return new(List(mine.DistinctBy(w => JsonText.Of(w.Value), StringComparer.Ordinal)), mine, IsMade: true);
        if (rule.Way is MergeWay.Separate) return new(Keyed(mine.DistinctBy(w => w.Source, StringComparer.Ordinal)), mine, IsMade: true);
        var winner = mine.FindIndex(w => w.Voice == best[0].Voice);
        return winner < 0 ? new(default, mine) : Merged.Of([mine[winner], .. mine.Where((_, i) => i != winner)]);

        long Worth(TraitFact word) => rule.Way switch
        {
            MergeWay.Importance => _ranks.GetValueOrDefault((rule.Ranks, word.Source), Unranked),
            MergeWay.MostFrequent => -votes[JsonText.Of(word.Value)],
            MergeWay.LeastRecent => word.At.UtcTicks,
            _ => 0,
        };
    }

    /// <summary>The names that may be shown differently by another policy; <see cref="Others"/> is among them if all may.</summary>
    public IReadOnlySet<string> Differences(MergePolicy other)
    {
        var names = _rules.Keys.Concat(other._rules.Keys).Concat(_rules.Values.Select(r => r.Shown)).Concat(other._rules.Values.Select(r => r.Shown)).Append(Others);
        return names.Where(n => n == Others ? !IsOne(_others, other._others, other) : Key(n) != other.Key(n)).ToHashSet(StringComparer.Ordinal);
    }

    public string Write() => JsonSerializer.Serialize(this, MergeJson.Default.MergePolicy);

    /// <summary>Reads what <see cref="Write"/> wrote; nothing is <see cref="MostRecent"/>.</summary>
    public static MergePolicy Read(string? json) => string.IsNullOrEmpty(json) ? MostRecent : JsonSerializer.Deserialize(json, MergeJson.Default.MergePolicy)!;

    /// <summary>Whether a value says something: null and an empty text do not.</summary>
    public static bool Says(JsonElement value) => value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) && !(value.ValueKind is JsonValueKind.String && value.ValueEquals(""));

    private MergeRule? RuleOf(string shown) => _shown[shown].FirstOrDefault() ?? (_rules.ContainsKey(shown) ? null : Applied(shown));

    private MergeRule? Applied(string name) => _rules.TryGetValue(name, out var rule) ? rule : _others is null ? null : _others with { Shown = name, Unit = name };

    /// <summary>All that decides what is shown of a trait, as one text; empty where the newest word does.</summary>
    public string Key(string shown)
    {
        if (RuleOf(shown) is not { } rule) return IsPlain(shown) ? "" : "nothing";
        IEnumerable<string> read = rule.Name == Others ? [$"{shown}>{shown} 0"] : _units[rule.Unit].Select(r => $"{r.Name}>{r.Shown} {r.Place}").Order(StringComparer.Ordinal);
        return string.Join(", ", read.Append(rule.Way.ToString()).Concat(rule.Way is MergeWay.Importance ? Order(rule.Ranks) : []));
    }

    private IEnumerable<string> Order(string ranks) => Ranks.Where(r => r.Ranks == ranks).OrderBy(r => r.Place).Select(r => r.Source);

    private bool IsOne(MergeRule? one, MergeRule? two, MergePolicy other) =>
        one?.Way == two?.Way && (one?.Way is not MergeWay.Importance || Order(one.Ranks).SequenceEqual(other.Order(two!.Ranks)));

    private static JsonElement List(IEnumerable<TraitFact> words) =>
        JsonElement.Parse("[" + string.Join(',', words.OrderByDescending(w => w.At).ThenByDescending(w => w.Seq).Select(w => JsonText.Of(w.Value))) + "]");

    private static JsonElement Keyed(IEnumerable<TraitFact> words) =>
        JsonElement.Parse("{" + string.Join(',', words.OrderByDescending(w => w.At).ThenByDescending(w => w.Seq).Select(w => $"\"{w.Source}\":{JsonText.Of(w.Value)}")) + "}");
}

/// <summary>What is shown of a trait.</summary>
/// <param name="Value">Undefined where the voice that the unit is shown from says nothing of this trait.</param>
/// <param name="Words">All words that could have been shown; the first is the one that is, if it is only one.</param>
/// <param name="IsMade">The value is made of several words.</param>
public sealed record Merged(JsonElement Value, IReadOnlyList<TraitFact> Words, bool IsMade = false)
{
    internal static Merged? Of(IReadOnlyList<TraitFact> words) => words.Count == 0 ? null : new(words[0].Value, words);
}

[JsonSerializable(typeof(MergePolicy))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
internal sealed partial class MergeJson : JsonSerializerContext;
