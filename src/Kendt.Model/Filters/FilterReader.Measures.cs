using System.Text.Json;
using Kendt.Model.Measures;

namespace Kendt.Model.Filters;

/// <summary>Measures: which events is read as in a rule, what is computed here.</summary>
internal sealed partial class FilterReader
{
    private static readonly Dictionary<string, CalculationKind> Calculations =
        Enum.GetValues<CalculationKind>().ToDictionary(k => k.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    public Measure Measure(JsonElement json)
    {
        var keys = Object(json, "", "a measure, as in {\"event\": \"Order Completed\", \"sum\": {\"of\": \"total\"}}");
        if (!keys.TryGetValue("ratio", out var ratio)) return Figures(keys, "");
        Allow(keys, "", "a ratio stands alone", "ratio");
        var parts = Object(ratio, "ratio", "an object with of and to");
        Allow(parts, "ratio", "a ratio has of and to", "of", "to");
        return new Ratio(Part("of"), Part("to"));

        EventMeasure Part(string name) => parts.TryGetValue(name, out var part)
            ? Figures(Object(part, $"ratio.{name}", "a measure over events"), $"ratio.{name}") : throw Fault("ratio", $"needs '{name}', a measure over events.");
    }

    private static MeasureRule MeasureCondition(Dictionary<string, JsonElement> keys, string path)
    {
        var at = Join(path, "measure");
        var name = Text(keys["measure"], at, "the name of a measure", 100);
        return new(name, Tests(keys, at, Operators.Number, $"the measure '{Short(name)}'", "measure"));
    }

    private EventMeasure Figures(Dictionary<string, JsonElement> keys, string path)
    {
        if (!keys.ContainsKey("event")) throw Fault(path, keys.Count == 0 ? "an empty object is no measure; it has event or ratio." : "needs 'event', the name of the events that it is computed from (\"*\" for all), or is a 'ratio' of two measures.");
        var at = Join(path, "event");
        var found = keys.Keys.Where(Calculations.ContainsKey).ToList();
        if (found.Count > 1) throw Fault(Join(path, found[1]), $"'{found[0]}' and '{found[1]}' cannot stand in one measure.");
        Allow(keys, path, $"a measure has event, where, within, during, from, to and one of {string.Join(", ", Calculations.Keys)}", ["event", "where", "within", "during", "from", "to", .. Calculations.Keys]);
        var match = Match(keys, at);
        if (match.Where.SelectMany(w => w.Tests).Any(t => t is WithinLast)) throw Fault(Join(at, "where"), "'withinLast' cannot stand in a measure; use 'within' or fixed times.");
        var window = new MeasureWindow(Lapse(keys, "within", path), During(keys, path), Time(keys, "from", path), Time(keys, "to", path));
        if (new object?[] { window.Within, window.During, window.From ?? window.To }.Count(w => w is not null) > 1)
            throw Fault(path, "'within', 'during' and 'from'/'to' cannot stand in one measure: give one kind of window.");
        if (window is { From: { } from, To: { } to } && from.Ticks >= to.Ticks) throw Fault(Join(path, "to"), "is not after 'from', so no event can count.");
        return new(match, window, found.Count == 0 ? new(CalculationKind.Count) : Calculation(Calculations[found[0]], keys[found[0]], Join(path, found[0])));
    }

    private static CalendarPeriod? During(Dictionary<string, JsonElement> keys, string path) => !keys.TryGetValue("during", out var json) ? null
        : CalendarPeriod.Parse(Text(json, Join(path, "during"), "a period of the calendar", 60)) ?? throw Fault(Join(path, "during"), $"is none of {string.Join(", ", CalendarPeriod.Words)}.");

    private static Calculation Calculation(CalculationKind kind, JsonElement json, string path)
    {
        var name = kind.ToString().ToLowerInvariant();
        var keys = Object(json, path, "an object, as in {\"of\": \"total\"}");
        switch (kind)
        {
            case CalculationKind.Count or CalculationKind.Days or CalculationKind.Sessions:
                Allow(keys, path, $"'{name}' is written {{\"{name}\": {{}}}}");
                return new(kind);
            case CalculationKind.Since:
                Allow(keys, path, "'since' has which (first or last) and unit (hour, day, week)", "which", "unit");
                return new(kind, Unit: Word(keys, "unit", path, "day", ["hour", "day", "week"]), Which: Word(keys, "which", path, "last", ["first", "last"]));
            case CalculationKind.Streak:
                Allow(keys, path, "'streak' has which (longest or current) and unit (day, week, month)", "which", "unit");
                return new(kind, Unit: Word(keys, "unit", path, "day", ["day", "week", "month"]), Which: Word(keys, "which", path, "current", ["longest", "current"]));
        }
        if (!keys.TryGetValue("of", out var of)) throw Fault(path, $"'{name}' needs 'of', the property that it is computed from.");
        var property = PathOf(of, Join(path, "of"), "the name of a property");
        if (kind is not CalculationKind.Percentile)
        {
            Allow(keys, path, $"'{name}' has 'of'", "of");
            return new(kind, property);
        }
        Allow(keys, path, "'percentile' has of and at", "of", "at");
        var at = keys.TryGetValue("at", out var share) ? Number(share, Join(path, "at")) : throw Fault(path, "'percentile' needs 'at', a number from 0 to 100.");
        return at is >= 0 and <= 100 ? new(kind, property, at) : throw Fault(Join(path, "at"), "is a number from 0 to 100.");
    }

    private static string Word(Dictionary<string, JsonElement> keys, string key, string path, string otherwise, string[] words)
    {
        if (!keys.TryGetValue(key, out var json)) return otherwise;
        var word = Text(json, Join(path, key), string.Join(" or ", words), 60);
        return words.Contains(word) ? word : throw Fault(Join(path, key), $"'{Short(word)}' is none of {string.Join(", ", words)}.");
    }
}
