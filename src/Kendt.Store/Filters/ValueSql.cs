using System.Text;
using Kendt.Model.Filters;

namespace Kendt.Store.Filters;

/// <summary>
/// Values out of JSON texts and ISO times out of texts, said so that DuckDB, PostgreSQL and
/// <see cref="FilterPredicate"/> read the same. Every expression is null where there is no such value, and none fails.
/// </summary>
public static class ValueSql
{
    /// <summary>A constant piece of SQL.</summary>
    public static Sql Raw(string text) => new([text]);

    public static Sql By(Func<Sql> duckDb, Func<Sql> postgres) => Sql.By(d => d.Engine is EngineKind.DuckDb ? duckDb() : postgres());

    /// <summary>Keeps PostgreSQL from computing the columns of a subquery again in each place that uses them.</summary>
    public static Sql Fence { get; } = By(() => Sql.Empty, () => Raw(" offset 0"));

    /// <summary>The JSON value at the end of a way of object keys; a step into anything but an object finds nothing.</summary>
    public static Sql Node(Sql document, IReadOnlyList<string> steps) => By(
        () => steps.Count == 0 ? Sql.Of($"cast({document} as json)") : steps.Contains("*")
            ? steps.Aggregate(document, (json, step) => Sql.Of($"json_extract({json}, {(step == "*" ? "/*" : "$." + Quoted(step))})"))
            : Sql.Of($"json_extract({document}, {"$" + string.Concat(steps.Select(s => "." + Quoted(s)))})"),
        () => steps.Aggregate(Sql.Of($"cast({WithoutNul(document)} as json)"), (json, step) => Sql.Of($"({json} -> cast({step} as text))")));

    /// <summary>The characters of a JSON text.</summary>
    public static Sql Text(Sql node) => By(
        () => Sql.Of($"case when json_type({node}) = 'VARCHAR' then json_extract_string({node}, '$') end"),
        () => Sql.Of($"case when json_typeof({node}) = 'string' then {node} #>> array[]::text[] end"));

    /// <summary>A JSON number as a double, limited as <see cref="RuleNumber"/> says.</summary>
    public static Sql Number(Sql node) => By(
        // The text of a number lies between '-' and ':', that of no other JSON value does.
        () => Sql.Of($"case when cast({node} as varchar) between '-' and ':' then least(cast('1e300' as double), greatest(cast('-1e300' as double), try_cast(cast({node} as varchar) as double))) end"),
        () => Sql.Of($"case when json_typeof({node}) = 'number' then {PostgresNumber(Sql.Of($"cast({node} as text)"))} end"));

    /// <summary>A JSON boolean.</summary>
    public static Sql Truth(Sql node) => By(
        () => Sql.Of($"case when json_type({node}) = 'BOOLEAN' then cast({node} as varchar) = 'true' end"),
        () => Sql.Of($"case when json_typeof({node}) = 'boolean' then cast({node} as text) = 'true' end"));

    /// <summary>There is a value, and it is not null.</summary>
    public static Sql Exists(Sql node) => By(
        () => Sql.Of($"coalesce(json_type({node}) <> 'NULL', false)"),
        () => Sql.Of($"coalesce(json_typeof({node}) <> 'null', false)"));

    /// <summary>Units of 100 ns since 1970 of a text that is an ISO time.</summary>
    public static Sql Ticks(Sql text)
    {
        var zone = Sql.Of($"substr({text}, length({text}) - 5, 1)");
        return Sql.Of($"""
            case when {Matches(text, Raw("'^" + IsoTime.DayPattern + IsoTime.ClockPattern + "$'"))} and substr({text}, 1, 4) <> '0000' then
                cast(cast(substr({text}, 1, 10) as date) - cast('1970-01-01' as date) as bigint) * 864000000000
                + case when length({text}) > 10 then {Whole(Sql.Of($"substr({text}, 12, 2)"))} * 36000000000 + {Whole(Sql.Of($"substr({text}, 15, 2)"))} * 600000000 else 0 end
                + case when substr({text}, 17, 1) = ':' then {Whole(Sql.Of($"substr({text}, 18, 2)"))} * 10000000 else 0 end
                + case when substr({text}, 20, 1) = '.' then {Whole(Sql.Of($"rpad({Fraction(text)}, 7, '0')"))} else 0 end
                - case when length({text}) > 16 and {zone} in ('+', '-')
                    then ({Whole(Sql.Of($"substr({text}, length({text}) - 4, 2)"))} * 36000000000 + {Whole(Sql.Of($"substr({text}, length({text}) - 1, 2)"))} * 600000000)
                        * case when {zone} = '-' then -1 else 1 end else 0 end
            end
            """);
    }

    /// <summary>Whether a part stands in a text, ignoring case letter by letter.</summary>
    public static Sql HasPart(Sql text, Part part)
    {
        var letters = part.Folded.EnumerateRunes().Select(r => CaseFold.Family(r.Value)).ToList();
        if (letters.Count == 0) return Sql.Of($"{text} is not null");
        if (letters.All(f => f.Count == 1))
        {
            return part.Place switch
            {
                Place.Contains => Sql.Of($"strpos({text}, {part.Folded}) > 0"),
                Place.StartsWith => Sql.Of($"starts_with({text}, {part.Folded})"),
                _ => Sql.Of($"right({text}, {letters.Count}) = {part.Folded}"),
            };
        }
        // Every letter becomes the list of all its forms, so that no engine's own idea of case is asked.
        return Sql.By(d => Matches(text, Sql.Value((part.Place is Place.StartsWith ? "^" : "")
            + string.Concat(letters.Select(f => f.Count == 1 ? Escaped(f[0], d) : "[" + string.Concat(f.Select(c => Escaped(c, d))) + "]"))
            + (part.Place is Place.EndsWith ? "$" : ""))));
    }

    /// <summary>A time in whole microseconds since 1970.</summary>
    public static Sql Micros(Sql time) => By(
        () => Sql.Of($"epoch_us({time})"),
        () => Sql.Of($"cast(extract(epoch from {time}) * 1000000 as bigint)"));

    /// <summary>Month * 100 + day of a time in units of 100 ns since 1970, as a double.</summary>
    public static Sql DayOfYear(Sql ticks)
    {
        var day = Sql.Of($"(cast('1970-01-01' as date) + cast(({ticks} - (({ticks} % 864000000000) + 864000000000) % 864000000000) / 864000000000 as integer))");
        return Sql.Of($"cast(extract(month from {day}) * 100 + extract(day from {day}) as double precision)");
    }

    /// <summary>The text that <c>profile_id</c>'s place in a sample is read from; the same people come first each time that a sample is ordered by it.</summary>
    public static Sql SampleDigest(string sample) => Sql.Of($"md5({sample + ":"} || cast(profile_id as varchar))");

    /// <summary>The place of <c>profile_id</c> in a sample, as <see cref="SampleRule.Place"/> computes it.</summary>
    public static Sql SamplePlace(string sample)
    {
        var digest = SampleDigest(sample);
        var number = Sql.Join(" + ", Enumerable.Range(1, 8).Select(i => Sql.Of($"(strpos('0123456789abcdef', substr({digest}, {Raw(i.ToString(System.Globalization.CultureInfo.InvariantCulture))}, 1)) - 1) * {Raw((1L << 4 * (8 - i)).ToString(System.Globalization.CultureInfo.InvariantCulture))}.0")));
        return Sql.Of($"(cast({number} as double precision) * 100 / 4294967296)");
    }

    /// <summary>A text is one of many.</summary>
    public static Sql OneOf(Sql value, IReadOnlyList<string> values) => By(
        () => values.Count <= 50 ? Sql.Of($"{value} in ({List(values)})") : Sql.Of($"{value} in (select unnest(cast({values.ToList()} as varchar[])))"),
        () => Sql.Of($"{value} = any({values.ToArray()})"));

    /// <summary>A number is one of many.</summary>
    public static Sql OneOf(Sql value, IReadOnlyList<double> values) => By(
        () => values.Count <= 50 ? Sql.Of($"{value} in ({List(values)})") : Sql.Of($"{value} in (select unnest(cast({values.ToList()} as double[])))"),
        () => Sql.Of($"{value} = any({values.ToArray()})"));

    private static Sql List<T>(IEnumerable<T> values) => Sql.Join(", ", values.Select(v => Sql.Value(v)));

    private static Sql Matches(Sql text, Sql pattern) => By(
        () => Sql.Of($"regexp_matches({text}, {pattern})"),
        () => Sql.Of($"{text} ~ {pattern}"));

    private static Sql Fraction(Sql text) => By(
        () => Sql.Of($"regexp_extract({text}, '[.]([0-9]+)', 1)"),
        () => Sql.Of($"substring({text} from '[.]([0-9]+)')"));

    private static Sql Whole(Sql digits) => By(() => Sql.Of($"try_cast({digits} as bigint)"), () => Sql.Of($"cast({digits} as bigint)"));

    private static string Escaped(int letter, Dialect dialect) => letter < 128 && char.IsAsciiLetterOrDigit((char)letter) ? ((char)letter).ToString()
        : dialect.Engine is EngineKind.DuckDb ? $"\\x{{{letter:X}}}" : $"\\U{letter:X8}";

    private static string Quoted(string key)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in key) quoted.Append(c is '"' or '\\' ? "\\" : "").Append(c);
        return quoted.Append('"').ToString();
    }

    // PostgreSQL cannot hold the character NUL in a text and fails on its escape anywhere in a document.
    private static Sql WithoutNul(Sql document) =>
        Sql.Of($"case when strpos({document}, '\\u0000') > 0 then regexp_replace({document}, '(?<!\\\\)((?:\\\\\\\\)*)\\\\u0000', '\\1\\\\ufffd', 'g') else {document} end");

    // PostgreSQL fails on a number that no double can hold.
    private static Sql PostgresNumber(Sql text) => Sql.Of($"""
        case when length({text}) <= 250 and {text} !~ '[eE]' then cast({text} as double precision)
            when {text} ~ '[eE]-[0-9][0-9][0-9][0-9][0-9]+$' then 0
            when {text} ~ '[eE][+]?[0-9][0-9][0-9][0-9][0-9]+$' then case when {text} ~ '^-?[0.]+[eE]' then 0 when {text} ~ '^-' then cast('-1e300' as double precision) else cast('1e300' as double precision) end
            when cast({text} as numeric) > 1e300 then cast('1e300' as double precision)
            when cast({text} as numeric) < -1e300 then cast('-1e300' as double precision)
            when abs(cast({text} as numeric)) < 2.4e-324 then 0
            else cast({text} as double precision) end
        """);
}
