using System.Globalization;
using System.Text.Json;

namespace Kendt.Model.Filters;

/// <summary>One condition of a rule over one profile.</summary>
/// <param name="Path">Its place in the rule: <c>all[1].event</c>.</param>
/// <param name="Condition">The condition in words.</param>
/// <param name="Rule">The condition as it stands in the rule.</param>
/// <param name="Seen">The values that decided, in words; empty if nothing was found.</param>
/// <param name="Until">The earliest moment at which its answer may change by time alone.</param>
public sealed record ConditionSeen(string Path, string Condition, JsonElement Rule, bool Holds, IReadOnlyList<string> Seen, DateTimeOffset? Until);

/// <summary>Why a profile is, or is not, a member.</summary>
public sealed record Explanation(bool Member, DateTimeOffset AsOf, DateTimeOffset? Until, IReadOnlyList<ConditionSeen> Conditions);

/// <summary>Says why a rule holds, or does not, condition by condition.</summary>
public static class FilterExplain
{
    private const int MostSeen = 5;

    /// <summary>Judges the rule and each of its conditions; a stored segment is one condition.</summary>
    public static Explanation Explain(this FilterPredicate predicate, Filter filter)
    {
        var whole = predicate.Judge(filter);
        return new(whole.Holds, IsoTime.At(predicate.AsOf), whole.Until, [.. FilterLeaves.Of(filter).Select(placed =>
        {
            var judged = predicate.Judge(placed.Leaf);
            return new ConditionSeen(placed.Path, FilterSentence.English(placed.Leaf), FilterJson.Tree(placed.Leaf), judged.Holds, Seen(predicate, placed.Leaf), judged.Until);
        })]);
    }

    private static IReadOnlyList<string> Seen(FilterPredicate predicate, Filter leaf)
    {
        var until = new Until(predicate.AsOf);
        switch (leaf)
        {
            case TraitRule trait:
                var value = predicate.ValueOf(trait, until);
                return value.ValueKind is JsonValueKind.Undefined ? [] : [$"{trait.Trait} = {Short(value)}"];
            case EventRule rule:
                var events = predicate.InWindow(rule, until);
                var figure = rule.Aggregate.Kind is AggregateKind.Count or AggregateKind.First or AggregateKind.Last || Figure.Number(rule.Aggregate, events) is not { } number
                    ? [] : new[] { $"{rule.Aggregate.Kind.ToString().ToLowerInvariant()} of {rule.Aggregate.Of} = {number.ToString(CultureInfo.InvariantCulture)}" };
                return [.. figure, $"{events.Count.ToString(CultureInfo.InvariantCulture)} of '{rule.Match.Name}'", .. events.TakeLast(MostSeen).Select(e => Line(rule, e))];
            case SequenceRule sequence:
                return [.. sequence.Steps.Select(s => s.Match).Concat(sequence.Without is { } without ? [without] : []).SelectMany(m =>
                    predicate.Matching(m, until).TakeLast(MostSeen).Select(e => $"{Time(e.At)} {e.Name}")).Distinct().Order(StringComparer.Ordinal)];
            case ConsentRule consent:
                return [predicate.StateOf(consent.Purpose, until).ToString().ToLowerInvariant()];
            case IdentifierRule rule:
                return [.. predicate.NamesOf(rule.Type, until).Where(rule.Passes).Take(MostSeen).Select(n => $"{rule.Type} = {n}")];
            case SampleRule sample:
                return [SampleRule.Place(sample.Name, predicate.Facts.Id).ToString("0.##", CultureInfo.InvariantCulture)];
            default:
                return [];
        }
    }

    private static string Line(EventRule rule, EventFact fact) =>
        $"{Time(fact.At)} {fact.Name}" + string.Concat(rule.Match.Where.Select(w => w.Property).Append(rule.Aggregate.Of).OfType<ValuePath>().Distinct()
            .Select(p => (Path: p, Value: ValueTest.Look(fact.Properties, p.Steps))).Where(p => p.Value.ValueKind is not JsonValueKind.Undefined).Select(p => $", {p.Path} = {Short(p.Value)}"));

    private static string Time(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    private static string Short(JsonElement value) => value.GetRawText() is { Length: > 200 } text ? text[..200] + "..." : value.GetRawText();
}
