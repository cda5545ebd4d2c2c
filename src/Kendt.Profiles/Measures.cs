using System.Text.Json;
using Kendt.Model;
using Kendt.Model.Measures;
using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>A measure as it is stored.</summary>
public sealed record StoredMeasure(string Name, string Title, MeasureLevel Level, Measure Measure, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>The stored measures. What is stored can be computed.</summary>
public sealed class Measures(Stores stores, TimeProvider time)
{
    /// <summary>All measures by name.</summary>
    public Task<List<StoredMeasure>> ListAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.ListAsync(
        Sql.Of($"select name, title, level, definition, created_at, updated_at from measure order by name"), Read, cancel), cancel);

    /// <summary>The measure of that name.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public async Task<StoredMeasure> FindAsync(string name, CancellationToken cancel) => await stores.Ledger.ReadAsync(s => s.FirstAsync(
        Sql.Of($"select name, title, level, definition, created_at, updated_at from measure where name = {name}"), Read, cancel), cancel)
        ?? throw new BadInputException($"There is no measure '{name}'. 'kendt measure list' shows them.");

    /// <summary>Creates a measure or replaces it; its values are computed anew at the next refresh.</summary>
    /// <param name="title">Null keeps the one it has, or takes its name.</param>
    /// <exception cref="BadInputException">The name cannot be one.</exception>
    public async Task<StoredMeasure> PutAsync(string name, string? title, MeasureLevel level, Measure measure, CancellationToken cancel)
    {
        if (name.Length is 0 or > 100 || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_'))
            throw new BadInputException("A measure's name has 1 to 100 small letters, digits, '-' and '_', such as lifetime-spend; this one does not.");
        if (name is "new" or "templates" or "preview") throw new BadInputException($"A measure cannot be named '{name}': a page has this address. Add a word, as in '{name}-spend'.");
        if (title is { Length: 0 or > 200 }) throw new BadInputException("A measure's title has 1 to 200 characters; this one does not.");
        var stored = await stores.Ledger.WriteAsync(async s =>
        {
            var now = time.GetUtcNow();
            var known = await s.FirstAsync(Sql.Of($"select name, title, level, definition, created_at, updated_at from measure where name = {name}"), Read, cancel);
            var put = new StoredMeasure(name, title ?? known?.Title ?? name, level, measure, known?.CreatedAt ?? now, now);
            await s.ExecuteAsync(Sql.Of($"""
                insert into measure (name, title, level, definition, created_at, updated_at) values ({name}, {put.Title}, {level}, {MeasureJson.Write(measure)}, {put.CreatedAt}, {now})
                on conflict (name) do update set title = excluded.title, level = excluded.level, definition = excluded.definition, updated_at = excluded.updated_at
                """), cancel);
            return put;
        }, cancel);
        await MeasureValues.ForgetAsync(stores, name, cancel);
        return stored;
    }

    /// <summary>Removes a measure and its values; false if there is none.</summary>
    /// <param name="users">What is built on it, such as <c>segment 'gold'</c>: then it stays.</param>
    /// <exception cref="BadInputException">Something is built on it.</exception>
    public async Task<bool> RemoveAsync(string name, IReadOnlyList<string> users, CancellationToken cancel)
    {
        if (users.Count > 0) throw new BadInputException($"The measure '{name}' cannot be removed: {string.Join(", ", users.Take(5))} {(users.Count == 1 ? "is" : "are")} built on it.");
        var removed = await stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"delete from measure where name = {name}"), cancel), cancel) > 0;
        if (removed) await MeasureValues.ForgetAsync(stores, name, cancel);
        return removed;
    }

    /// <summary>
    /// Reads a measure's file: <c>{"title": ..., "level": "profile", "measure": {...}}</c>, or the measure alone, which is then of each customer.
    /// </summary>
    /// <exception cref="BadInputException">It is none; the message says where and why.</exception>
    public static (string? Title, MeasureLevel Level, Measure Measure) Parse(JsonElement json)
    {
        if (json.ValueKind is not JsonValueKind.Object || !json.TryGetProperty("measure", out var measure)) return (null, MeasureLevel.Profile, MeasureJson.Parse(json));
        foreach (var key in json.EnumerateObject())
            if (key.Name is not ("title" or "level" or "measure")) throw new BadInputException($"{key.Name}: unknown key; a measure's file has title, level and measure.");
        var level = MeasureLevel.Profile;
        if (json.TryGetProperty("level", out var word) && (word.ValueKind is not JsonValueKind.String || !Enum.TryParse(word.GetString(), true, out level) || !Enum.IsDefined(level) || char.IsAsciiDigit(word.GetString()![0])))
            throw new BadInputException("level: it can be profile, account or business.");
        if (json.TryGetProperty("title", out var title) && title.ValueKind is not JsonValueKind.String) throw new BadInputException("title: needs a text.");
        return (title.ValueKind is JsonValueKind.String ? title.GetString() : null, level, MeasureJson.Parse(measure));
    }

    private static StoredMeasure Read(Row r) => new(r.Text(0), r.Text(1), Enum.Parse<MeasureLevel>(r.Text(2), ignoreCase: true), MeasureJson.Parse(r.Text(3)), r.Time(4), r.Time(5));
}
