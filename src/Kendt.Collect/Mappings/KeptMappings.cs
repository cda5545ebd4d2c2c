using Kendt.Model;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>A mapping that is kept with its source.</summary>
/// <param name="Name">A digest of its text.</param>
public sealed record KeptMapping(string Source, string Name, string Yaml, DateTimeOffset UpdatedAt);

/// <summary>
/// The mappings of sources. A file that comes without one is read by the newest of its source that fits its columns, so that
/// what was confirmed once holds for the next file of that shape.
/// </summary>
public sealed class KeptMappings(Stores stores, Sources sources, TimeProvider time)
{
    private const int LookedRows = 200;

    /// <summary>The newest first.</summary>
    public Task<List<KeptMapping>> ListAsync(string source, CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.ListAsync(
        Sql.Of($"select source, name, yaml, updated_at from mapping where source = {source} order by updated_at desc, name"),
        row => new KeptMapping(row.Text(0), row.Text(1), row.Text(2), row.Time(3)), cancel), cancel);

    /// <summary>How many each source keeps, and when the newest was.</summary>
    public Task<List<(string Source, int Count, DateTimeOffset NewestAt)>> CountAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.ListAsync(
        Sql.Of($"select source, count(*), max(updated_at) from mapping group by source order by source"), row => (row.Text(0), (int)row.Long(1), row.Time(2)), cancel), cancel);

    /// <summary>Keeps a mapping as the newest of its source, which is made if it is not there.</summary>
    /// <exception cref="BadInputException">The text is no mapping, or its source is another party's.</exception>
    public async Task<KeptMapping> KeepAsync(string yaml, CancellationToken cancel)
    {
        var mapping = MappingFile.Parse(yaml);
        await sources.EnsureAsync(mapping.Source, SourceKind.File, mapping.Party, cancel);
        await stores.Ledger.WriteAsync(session => WriteAsync(session, mapping, time, cancel), cancel);
        return new(mapping.Source, mapping.Name, yaml, time.GetUtcNow());
    }

    /// <summary>The newest mapping of the source that the file has the columns for; null if there is none, or the file is of messages.</summary>
    /// <exception cref="BadInputException">The file cannot be read.</exception>
    public async Task<Mapping?> FitAsync(string path, string fileName, string source, CancellationToken cancel)
    {
        using var opened = FileOpener.Open(path, fileName);
        opened.MustBeReadable();
        var names = opened.Form == FileForm.Json ? Names(opened) : null;
        if (names is { Count: 0 }) return null;
        foreach (var kept in await ListAsync(source, cancel))
        {
            var mapping = MappingFile.Parse(kept.Yaml);
            if (names is null ? opened.Fits(mapping) : mapping.Named.Any() && mapping.Named.All(names.Contains)) return mapping;
        }
        return null;
    }

    /// <summary>Within the caller's ledger transaction; one that is there becomes the newest.</summary>
    internal static Task<int> WriteAsync(Session session, Mapping mapping, TimeProvider time, CancellationToken cancel) => session.ExecuteAsync(Sql.Of($"""
        insert into mapping (source, name, yaml, updated_at) values ({mapping.Source}, {mapping.Name}, {mapping.Yaml}, {time.GetUtcNow()})
        on conflict (source, name) do update set updated_at = excluded.updated_at
        """), cancel);

    // Objects name their own members: those of the first ones; none where they are messages.
    private static HashSet<string> Names(FileOpener opened)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var rows = opened.Rows(new FileFormat());
        while (rows.Number < LookedRows && rows.Read())
        {
            if (rows.Fault is null) names.UnionWith(rows.Shape.Names);
            var type = rows.Fault is null ? rows.At(rows.Shape.IndexOf("type")) : default;
            if (!type.IsEmpty && Enum.TryParse<MessageType>(type, ignoreCase: true, out _) && (rows.Shape.IndexOf("userId") >= 0 || rows.Shape.IndexOf("anonymousId") >= 0)) return [];
        }
        return names;
    }
}
