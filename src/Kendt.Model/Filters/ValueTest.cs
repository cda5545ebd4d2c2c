using System.Text.Json;

namespace Kendt.Model.Filters;

/// <summary>Operators over one value.</summary>
public static class ValueTest
{
    /// <summary>The value at the end of a way of object keys; undefined if a step finds nothing.</summary>
    public static JsonElement Look(JsonElement value, IReadOnlyList<string> steps, int from = 0)
    {
        for (var i = from; i < steps.Count; i++)
            if (value.ValueKind is not JsonValueKind.Object || !value.TryGetProperty(steps[i], out value)) return default;
        return value;
    }

    /// <summary>Whether a JSON value passes at a moment, given in units of 100 ns since 1970.</summary>
    public static bool Holds(Test test, JsonElement value, long asOf) => test switch
    {
        Is one => (LiteralOf(value) == one.Value) == one.Yes,
        OneOf some => (LiteralOf(value) is { } literal && some.Has(literal)) == some.Yes,
        Exists exists => value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) == exists.Yes,
        Part part => value.ValueKind is JsonValueKind.String && HasPart(TextOf(value), part),
        Compare or Between => value.ValueKind is JsonValueKind.Number && Holds(test, NumberOf(value)),
        When or WithinLast or AnniversaryIn => TimeOf(value) is { } time && Holds(test, time, asOf),
        _ => throw new InvalidOperationException($"{test.GetType().Name} has no predicate."),
    };

    /// <summary>Whether a text passes.</summary>
    public static bool Holds(Test test, string text) => test switch
    {
        Is one => (Literal.Of(text) == one.Value) == one.Yes,
        OneOf some => some.Has(Literal.Of(text)) == some.Yes,
        Part part => HasPart(text, part),
        _ => throw new InvalidOperationException($"{test.GetType().Name} is not asked of identifiers."),
    };

    /// <summary>Whether a number passes.</summary>
    public static bool Holds(Test test, double number) => test switch
    {
        Is one => (Literal.Of(number) == one.Value) == one.Yes,
        OneOf some => some.Has(Literal.Of(number)) == some.Yes,
        Compare compare => compare.How switch
        {
            Comparison.Above => number > compare.Value,
            Comparison.AtLeast => number >= compare.Value,
            Comparison.Below => number < compare.Value,
            _ => number <= compare.Value,
        },
        Between between => number >= between.Low && number <= between.High,
        _ => throw new InvalidOperationException($"{test.GetType().Name} is not asked of numbers."),
    };

    /// <summary>Whether a time passes at a moment, both in units of 100 ns since 1970.</summary>
    public static bool Holds(Test test, long time, long asOf) => test switch
    {
        When fixedTime => fixedTime.After ? time > fixedTime.At.Ticks : time < fixedTime.At.Ticks,
        WithinLast last => time > asOf - last.Span.Ticks && time <= asOf,
        AnniversaryIn anniversary => anniversary.Holds(time, asOf),
        _ => throw new InvalidOperationException($"{test.GetType().Name} is not asked of times."),
    };

    /// <summary>The moments at which the answer for a value changes by time alone: when its time is reached and when it is left behind.</summary>
    public static void Turns(Test test, long time, long asOf, Until until)
    {
        if (test is AnniversaryIn anniversary) anniversary.Turns(time, asOf, until);
        if (test is not WithinLast last) return;
        until.At(time);
        until.At(time + last.Span.Ticks);
    }

    /// <summary>A text, number or boolean; null for all else.</summary>
    public static Literal? LiteralOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Literal.Of(TextOf(value)),
        JsonValueKind.Number => Literal.Of(NumberOf(value)),
        JsonValueKind.True => Literal.Of(true),
        JsonValueKind.False => Literal.Of(false),
        _ => null,
    };

    public static double NumberOf(JsonElement value) => RuleNumber.Limit(value.GetDouble());

    /// <summary>The ISO time that a text is, in units of 100 ns since 1970.</summary>
    public static long? TimeOf(JsonElement value) =>
        value.ValueKind is JsonValueKind.String && IsoTime.TryParse(TextOf(value), out var time) ? time.Ticks : null;

    public static bool HasPart(string text, Part part)
    {
        var folded = CaseFold.Fold(text);
        return part.Place switch
        {
            Place.Contains => folded.Contains(part.Folded, StringComparison.Ordinal),
            Place.StartsWith => folded.StartsWith(part.Folded, StringComparison.Ordinal),
            _ => folded.EndsWith(part.Folded, StringComparison.Ordinal),
        };
    }

    private static string TextOf(JsonElement value) => value.GetString()!;
}

/// <summary>The earliest of the moments that lie after another, in units of 100 ns since 1970.</summary>
public sealed class Until(long asOf)
{
    /// <summary>None is known.</summary>
    public const long Never = long.MaxValue;

    private long _earliest = Never;

    public long Earliest => _earliest;

    public void At(long moment)
    {
        if (moment > asOf && moment < _earliest) _earliest = moment;
    }
}
