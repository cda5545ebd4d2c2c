namespace Kendt.Store;

/// <summary>The engines that Kendt speaks to.</summary>
public enum EngineKind { Sqlite, DuckDb, Postgres }

/// <summary>
/// What an engine says differently, declared in one place. All else is written in the common subset; what is silently
/// different (division, regular expressions, null order, JSON paths) is never written by hand but through here.
/// </summary>
public sealed class Dialect
{
    public static Dialect Sqlite { get; } = new(EngineKind.Sqlite);
    public static Dialect DuckDb { get; } = new(EngineKind.DuckDb);
    public static Dialect Postgres { get; } = new(EngineKind.Postgres);

    private Dialect(EngineKind engine) => Engine = engine;

    public EngineKind Engine { get; }

    public static Dialect Of(EngineKind engine) => engine switch { EngineKind.Sqlite => Sqlite, EngineKind.DuckDb => DuckDb, _ => Postgres };

    /// <summary>Only one connection may write at a time; Kendt queues the writers itself.</summary>
    public bool HasOneWriter => Engine is EngineKind.Sqlite or EngineKind.DuckDb;

    /// <summary>How many parameters one statement may have.</summary>
    public int MaxParameters => Engine is EngineKind.Sqlite ? 30_000 : 60_000;

    /// <summary>The text at one key of a JSON object, null if it is not there or is null.</summary>
    public static Sql JsonText(Sql json, string key) => Sql.By(d => d.Engine switch
    {
        EngineKind.Sqlite => Sql.Of($"json_extract({json}, {SqlitePath(key)})"),
        _ => Sql.Of($"(cast({json} as json) ->> {key})"),
    });

    /// <summary>The JSON value at one key of a JSON object, as JSON.</summary>
    public static Sql JsonValue(Sql json, string key) => Sql.By(d => d.Engine switch
    {
        EngineKind.Sqlite => Sql.Of($"({json} -> {SqlitePath(key)})"),
        _ => Sql.Of($"(cast({json} as json) -> {key})"),
    });

    /// <summary><c>string</c>, <c>number</c>, <c>boolean</c>, <c>object</c>, <c>array</c> or <c>null</c>.</summary>
    public static Sql JsonKind(Sql json) => Sql.By(d => d.Engine switch
    {
        EngineKind.Postgres => Sql.Of($"json_typeof(cast({json} as json))"),
        _ => Sql.Of($"""
            (case json_type({json}) when 'VARCHAR' then 'string' when 'text' then 'string'
                when 'BOOLEAN' then 'boolean' when 'true' then 'boolean' when 'false' then 'boolean'
                when 'OBJECT' then 'object' when 'object' then 'object' when 'ARRAY' then 'array' when 'array' then 'array'
                when 'NULL' then 'null' when 'null' then 'null' else 'number' end)
            """),
    });

    /// <summary>One row per element of the list at a key of a JSON object (in a select list); none where it is no list.</summary>
    public static Sql Elements(Sql json, string key) => Sql.By(d => d.Engine switch
    {
        EngineKind.Sqlite => throw new NotSupportedException("The ledger does not unfold lists; ask the warehouse."),
        EngineKind.DuckDb => Sql.Of($"unnest(case when json_type({json}, {"$." + key}) = 'ARRAY' then cast(json_extract({json}, {"$." + key}) as json[]) else [] end)"),
        _ => Sql.Of($"json_array_elements(case when json_typeof(cast({json} as json) -> {key}) = 'array' then cast({json} as json) -> {key} else '[]'::json end)"),
    });

    /// <summary>Whether a text is one of many (any number: they travel as one parameter). Not for the ledger.</summary>
    public static Sql InTexts(Sql text, IEnumerable<string> many) => Sql.Of($"{text} in (select unnest({many.ToList()}))");

    /// <summary>A number out of text; null where the text is none.</summary>
    public static Sql Number(Sql text) => Sql.By(d => d.Engine switch
    {
        EngineKind.DuckDb => Sql.Of($"try_cast({text} as double)"),
        EngineKind.Postgres => Sql.Of($"(case when {text} ~ '^\\s*-?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?\\s*$' then cast({text} as double precision) end)"),
        _ => Sql.Of($"cast({text} as real)"),
    });

    /// <summary>The start of the day, week, month or year of a time, in UTC.</summary>
    public static Sql Truncate(string unit, Sql time) => Sql.By(d => d.Engine switch
    {
        EngineKind.Sqlite => throw new NotSupportedException("The ledger does not truncate times; ask the warehouse."),
        EngineKind.DuckDb => Sql.Of($"date_trunc({unit}, {time})"),
        _ => Sql.Of($"date_trunc({unit}, {time}, 'UTC')"),
    });

    private static string SqlitePath(string key) => "$.\"" + key.Replace("\"", "", StringComparison.Ordinal) + "\"";
}
