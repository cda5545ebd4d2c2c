using System.Globalization;
using System.Reflection;
using Kendt.Model;

namespace Kendt.Store;

/// <summary>
/// Brings a store's tables to this version: the embedded files <c>Migrations/STORE/NNNN_name[.engine].sql</c> in the order
/// of their numbers, each number in a transaction of its own. A file with an engine in its name runs on that engine only,
/// after the common file of its number.
/// </summary>
public static class Migrations
{
    private const string Prefix = "Kendt.Store.Migrations.";

    // In the place of a view that code writes.
    private const string ShownTraits = "/* what is shown of traits, by merge_rule and merge_rank, out of: select from trait_said join merge_rule join merge_rank */";

    /// <summary>One step of a store's history.</summary>
    public sealed record Migration(int Number, string Name, IReadOnlyList<string> Statements);

    /// <exception cref="CannotException">The store was made by a newer Kendt.</exception>
    public static async Task ApplyAsync(Engine engine, string store, TimeProvider time, CancellationToken cancel)
    {
        var known = Of(store, engine.Dialect.Engine);
        await engine.WriteAsync(async session =>
        {
            if (engine.Dialect.Engine is EngineKind.Postgres)
                await session.ExecuteAsync(Sql.Of($"create schema if not exists {Sql.Name(store == "Ledger" ? "kendt_ledger" : "kendt_warehouse")}"), cancel);
            await session.ExecuteAsync(Sql.Of($"create table if not exists schema_version (version bigint not null, name text not null, applied_at timestamptz not null, primary key (version))"), cancel);
        }, cancel);
        var at = await engine.ReadAsync(s => s.CountAsync(Sql.Of($"select max(version) from schema_version"), cancel), cancel);
        var newest = known.Count == 0 ? 0 : known[^1].Number;
        if (at > newest)
            throw new CannotException($"The {store.ToLowerInvariant()} of this workspace has version {at}, made by a newer Kendt; this one knows up to {newest}. Update Kendt, or choose another folder with --data DIR.");
        foreach (var migration in known.Where(m => m.Number > at))
        {
            await engine.WriteAsync(async session =>
            {
                foreach (var statement in migration.Statements) await session.ExecuteAsync(new Sql([statement]), cancel);
                await session.ExecuteAsync(Sql.Of($"insert into schema_version (version, name, applied_at) values ({(long)migration.Number}, {migration.Name}, {time.GetUtcNow()})"), cancel);
            }, cancel);
        }
    }

    /// <summary>The history of one store on one engine.</summary>
    public static IReadOnlyList<Migration> Of(string store, EngineKind engine)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = Prefix + store + ".";
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(name => (Resource: name, Parts: name[prefix.Length..^".sql".Length].Split('.')))
            .Where(file => file.Parts.Length == 1 || string.Equals(file.Parts[1], engine.ToString(), StringComparison.OrdinalIgnoreCase))
            .GroupBy(file => int.Parse(file.Parts[0][..4], CultureInfo.InvariantCulture))
            .OrderBy(group => group.Key)
            .Select(group => new Migration(group.Key, group.OrderBy(f => f.Parts.Length).First().Parts[0][5..], [.. group.OrderBy(f => f.Parts.Length).SelectMany(f => Statements(assembly, f.Resource, engine))]))];
    }

    // Statements end with a semicolon at the end of a line; migrations hold no procedures. A table marked as clustered is kept in
    // the order of its key where the engine can do that; what is shown of traits is said once, in MergeSql.
    private static IEnumerable<string> Statements(Assembly assembly, string resource, EngineKind engine)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"{resource} is missing."));
        var lines = reader.ReadToEnd().Split('\n').Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal));
        return string.Join('\n', lines).Replace("/* clustered */", engine is EngineKind.Sqlite ? "without rowid" : "", StringComparison.Ordinal)
            .Replace(ShownTraits, engine is EngineKind.Sqlite ? "" : MergeSql.View.Show(Dialect.Of(engine)), StringComparison.Ordinal).Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(statement => statement.TrimEnd(';')).Where(statement => statement.Length > 0);
    }
}
