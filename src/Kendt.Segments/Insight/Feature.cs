using System.Globalization;
using System.Text.Json;
using Kendt.Model.Filters;

namespace Kendt.Segments.Insight;

/// <summary>What a feature is about.</summary>
public enum FeatureKind { Trait, Number, Measure, Done, Recency, Frequency, Weekday, Source, Segment }

/// <summary>Something that a person has or does, or not.</summary>
/// <param name="Subject">The trait, event, measure or segment; empty for weekdays and sources.</param>
/// <param name="Value">The value as JSON, the ends of a band as <c>250..500</c> (either may be missing), 1 to 7 for Monday to Sunday, or a source.</param>
/// <param name="Rule">Those who have it, as a rule; null where rules cannot say it.</param>
/// <param name="Sql">Those who have it, as a query of the warehouse, where there is no rule; else empty.</param>
public sealed record Feature(FeatureKind Kind, string Subject, string Value, Filter? Rule, string Sql = "")
{
    /// <summary>A text as a literal of SQL, for queries that people read and run.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}

/// <summary>Neat bands of a number: values from each cut up to the next.</summary>
/// <param name="Cuts">Rising; below the first and from the last on are bands too.</param>
/// <param name="AboveZero">Only values above zero are in the bands.</param>
public sealed record Bands(FeatureKind Kind, string Subject, IReadOnlyList<double> Cuts, bool AboveZero = false)
{
    /// <summary>Cuts near these, of two digits, each once and none at the least value or below.</summary>
    public static IReadOnlyList<double> Neat(IEnumerable<double> near, double least) => [.. near.Select(Round).Where(c => c > least).Distinct().Order()];

    /// <summary>The band of that number, as a feature.</summary>
    public Feature Feature(int place)
    {
        double? low = place == 0 ? null : Cuts[place - 1], high = place == Cuts.Count ? null : Cuts[place];
        List<Test> tests = low is { } from ? [new Compare(Comparison.AtLeast, from)] : AboveZero ? [new Compare(Comparison.Above, 0)] : [];
        if (high is { } to) tests.Add(new Compare(Comparison.Below, to));
        if (tests.Count == 0) tests.Add(new Compare(Comparison.AtLeast, -RuleNumber.Largest));
        Filter rule = Kind is FeatureKind.Measure ? new MeasureRule(Subject, tests) : new TraitRule(new(Subject), tests);
        return new(Kind, Subject, $"{Text(low)}..{Text(high)}", rule);
    }

    private static double Round(double value)
    {
        if (value == 0) return 0;
        var step = Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(value))) - 1);
        return double.Parse((Math.Round(value / step) * step).ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}

/// <summary>Facts as the warehouse gives them, as features.</summary>
internal static class Features
{
    /// <summary>How long ago the last was, in days: the ends of each band but the last, which has none.</summary>
    public static readonly int[] RecencyDays = [7, 30, 90, 365];

    /// <summary>How often: the most of each band but the last, which has none.</summary>
    public static readonly int[] FrequencyMost = [1, 3, 9];

    /// <summary>The features that a fact stands for: one, or three of what somebody did.</summary>
    /// <param name="value">A text after <c>t</c>, a boolean after <c>b</c>, the place of a band, <c>RECENCY|FREQUENCY</c> ...</param>
    public static IEnumerable<Feature> Of(string kind, string subject, string value, IReadOnlyDictionary<(FeatureKind, string), Bands> bands)
    {
        switch (kind)
        {
            case "trait":
                var literal = value[0] == 'b' ? Literal.Of(value == "btrue") : Literal.Of(value[1..]);
                yield return new(FeatureKind.Trait, subject, JsonSerializer.Serialize(literal.Kind is LiteralKind.Truth ? (object)literal.Truth : literal.Text, Relaxed), new TraitRule(new(subject), [new Is(literal, true)]));
                break;
            case "number" or "measure":
                var of = kind == "number" ? FeatureKind.Number : FeatureKind.Measure;
                yield return bands[(of, subject)].Feature(int.Parse(value, CultureInfo.InvariantCulture));
                break;
            case "habit":
                var bar = value.IndexOf('|', StringComparison.Ordinal);
                yield return new(FeatureKind.Done, subject, "", new EventRule(new(subject, []), EventWindow.Always, Aggregate.Once));
                yield return Recency(subject, int.Parse(value[..bar], CultureInfo.InvariantCulture));
                yield return Frequency(subject, int.Parse(value[(bar + 1)..], CultureInfo.InvariantCulture));
                break;
            case "weekday":
                yield return new(FeatureKind.Weekday, "", value, null, Weekday(value));
                break;
            case "source":
                yield return new(FeatureKind.Source, "", value, null, $"select distinct profile_id from event where source = {Feature.Quoted(value)}");
                break;
            default:
                yield return new(FeatureKind.Segment, subject, "", new InSegment(subject));
                break;
        }
    }

    private static Feature Recency(string name, int place)
    {
        List<Filter> rules = [];
        if (place < RecencyDays.Length) rules.Add(Last(name, RecencyDays[place]));
        else rules.Add(new EventRule(new(name, []), EventWindow.Always, Aggregate.Once));
        if (place > 0) rules.Add(new Not(Last(name, RecencyDays[place - 1])));
        return new(FeatureKind.Recency, name, $"{(place == 0 ? 0 : RecencyDays[place - 1])}..{(place < RecencyDays.Length ? RecencyDays[place].ToString(CultureInfo.InvariantCulture) : "")}", rules.Count == 1 ? rules[0] : new All(rules));
    }

    private static EventRule Last(string name, int days) =>
        Duration.TryParse($"{days}d", out var span) ? new(new(name, []), EventWindow.Always, new(AggregateKind.Last, null, [new WithinLast(span)])) : throw new InvalidOperationException("A day is a duration.");

    private static Feature Frequency(string name, int place)
    {
        var low = place == 0 ? 1 : FrequencyMost[place - 1] + 1;
        Test test = place == FrequencyMost.Length ? new Compare(Comparison.AtLeast, low) : low == FrequencyMost[place] ? new Is(Literal.Of((double)low), true) : new Between(low, FrequencyMost[place]);
        return new(FeatureKind.Frequency, name, $"{low}..{(place < FrequencyMost.Length ? FrequencyMost[place].ToString(CultureInfo.InvariantCulture) : "")}", new EventRule(new(name, []), EventWindow.Always, new(AggregateKind.Count, null, [test])));
    }

    private static string Weekday(string day) =>
        $"select profile_id from (select profile_id, extract(isodow from ts) as day, row_number() over (partition by profile_id order by count(*) desc, extract(isodow from ts)) as place, sum(count(*)) over (partition by profile_id) as n from event where profile_id is not null group by 1, 2) as d where place = 1 and n >= 3 and day = {day}";

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
