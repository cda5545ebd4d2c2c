using System.Globalization;
using System.Text.Json;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Activate;

/// <summary>A destination as it is shown: its secrets are named, never told.</summary>
/// <param name="Settings">The settings that are no secrets.</param>
/// <param name="SecretsSet">The secret settings that have a value.</param>
public sealed record Destination(string Name, string Kind, IReadOnlyDictionary<string, string> Settings, IReadOnlyList<string> SecretsSet, DateTimeOffset CreatedAt);

/// <summary>The workspace's destinations and their settings; secrets are stored encrypted.</summary>
public sealed class Destinations(Stores stores, Secrets secrets, IEnumerable<IDestination> kinds, TimeProvider time)
{
    private readonly Audit _audit = new(stores, time);

    /// <summary>What kinds there are, with their settings.</summary>
    public IReadOnlyList<IDestination> Kinds { get; } = [.. kinds];

    /// <summary>Makes a destination or changes it; a secret that is left out keeps its value, all else is as given.</summary>
    /// <exception cref="BadInputException">The name, the kind or settings are wrong; all faults at once.</exception>
    public async Task PutAsync(string name, string kind, IReadOnlyDictionary<string, string> settings, string actor, CancellationToken cancel)
    {
        if (name.Length is 0 or > 60 || !char.IsAsciiLetterLower(name[0]) || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_'))
            throw new BadInputException($"name '{name}' has to begin with a lower-case letter and have at most 60 lower-case letters, digits, '-' and '_': it names a folder.");
        var destination = KindOf(kind);
        await stores.Ledger.WriteAsync(async session =>
        {
            var before = await RowAsync(session, name, cancel);
            if (before is not null && before.Kind != kind)
                throw new BadInputException($"kind '{kind}' is not that of destination '{name}', which is {before.Kind}; remove it first, or choose another name.");
            var kept = Checked(destination, settings, before?.Settings ?? new Dictionary<string, string>());
            await session.ExecuteAsync(Sql.Of($"""
                insert into destination (name, kind, settings, created_at) values ({name}, {kind}, {JsonSerializer.Serialize(kept)}, {time.GetUtcNow()})
                on conflict (name) do update set settings = excluded.settings
                """), cancel);
            await _audit.WriteAsync(session, actor, before is null ? "destination.added" : "destination.changed", name, kind, cancel);
        }, cancel);
    }

    /// <summary>By name.</summary>
    public async Task<IReadOnlyList<Destination>> ListAsync(CancellationToken cancel)
    {
        var rows = await stores.Ledger.ReadAsync(session => session.ListAsync(Sql.Of($"select name, kind, settings, created_at from destination order by name"), Read, cancel), cancel);
        return [.. rows.Select(Shown)];
    }

    public async Task<Destination?> FindAsync(string name, CancellationToken cancel) =>
        await stores.Ledger.ReadAsync(session => RowAsync(session, name, cancel), cancel) is { } row ? Shown(row) : null;

    /// <summary>What was not yet sent to it will be refused.</summary>
    /// <exception cref="BadInputException">There is no such destination.</exception>
    public Task RemoveAsync(string name, string actor, CancellationToken cancel) => stores.Ledger.WriteAsync(async session =>
    {
        if (await session.ExecuteAsync(Sql.Of($"delete from destination where name = {name}"), cancel) == 0) throw Unknown(name);
        await _audit.WriteAsync(session, actor, "destination.removed", name, "", cancel);
    }, cancel);

    /// <summary>Tries the settings without sending anybody's data.</summary>
    /// <exception cref="BadInputException">There is no such destination.</exception>
    public async Task<TestAnswer> TestAsync(string name, CancellationToken cancel)
    {
        var (destination, settings) = await OpenAsync(name, cancel) ?? throw Unknown(name);
        return await destination.TestAsync(settings, cancel);
    }

    /// <summary>Makes a destination forget one person, given by all ids that the person ever had.</summary>
    /// <exception cref="BadInputException">There is no such destination.</exception>
    public async Task<EraseAnswer> EraseAsync(string name, IReadOnlyList<ProfileId> ids, CancellationToken cancel)
    {
        var (destination, settings) = await OpenAsync(name, cancel) ?? throw Unknown(name);
        return await destination.DeleteAsync(settings, ids, cancel);
    }

    /// <summary>A destination ready for use, its secrets in clear; null if there is none of the name.</summary>
    /// <exception cref="CannotException">Its secrets cannot be read.</exception>
    internal async Task<(IDestination Destination, DestinationSettings Settings)?> OpenAsync(string name, CancellationToken cancel)
    {
        if (await stores.Ledger.ReadAsync(session => RowAsync(session, name, cancel), cancel) is not { } row) return null;
        var destination = KindOf(row.Kind);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in destination.Fields)
        {
            if (row.Settings.TryGetValue(field.Name, out var kept)) values[field.Name] = field.Secret ? secrets.Unprotect(kept) : kept;
            else if (field.Default is { } usual) values[field.Name] = usual;
        }
        return (destination, new(name, values));
    }

    /// <summary>Whether it takes one batch after another, and not a delivery as a whole.</summary>
    public bool TakesBatches(Destination destination)
    {
        var kind = KindOf(destination.Kind);
        var usual = kind.Fields.Where(f => f.Default is not null).ToDictionary(f => f.Name, f => f.Default!, StringComparer.Ordinal);
        foreach (var (name, value) in destination.Settings) usual[name] = value;
        return kind.BatchSizeOf(new(destination.Name, usual)) is not null;
    }

    internal static BadInputException Unknown(string name) => new($"destination '{name}' is unknown; list them to see which there are, or add it first.");

    private Dictionary<string, string> Checked(IDestination destination, IReadOnlyDictionary<string, string> given, IReadOnlyDictionary<string, string> before)
    {
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = destination.Fields.Select(f => f.Name).ToArray();
        var faults = given.Keys.Except(names, StringComparer.Ordinal)
            .Select(unknown => $"{unknown} is no setting of {destination.Kind}; it has {string.Join(", ", names)}.").ToList();
        foreach (var field in destination.Fields)
        {
            if (given.GetValueOrDefault(field.Name)?.Trim() is not { Length: > 0 } value)
            {
                if (field.Secret && !given.ContainsKey(field.Name) && before.TryGetValue(field.Name, out var old)) kept[field.Name] = old;
                else if (field.Required) faults.Add($"{field.Name} is missing. {field.Help}");
            }
            else if (Fault(field, value) is { } fault)
            {
                faults.Add($"{field.Name} {fault}.");
            }
            else
            {
                kept[field.Name] = field.Secret ? secrets.Protect(value) : value;
            }
        }
        return faults.Count == 0 ? kept : throw new BadInputException(string.Join(Environment.NewLine, faults));
    }

    private static string? Fault(DestinationField field, string value) => field.Kind switch
    {
        FieldKind.Address when !Uri.TryCreate(value, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") => "has to be an address that begins with http:// or https://",
        FieldKind.Address when new Uri(value).UserInfo.Length > 0 => "has a user or password in it; give them as authorization instead",
        FieldKind.Number when !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => "has to be a whole number",
        _ => field.Check?.Invoke(value),
    };

    private IDestination KindOf(string kind) => Kinds.FirstOrDefault(k => k.Kind == kind)
        ?? throw new BadInputException($"kind '{kind}' is unknown; choose of {string.Join(", ", Kinds.Select(k => k.Kind))}.");

    private Destination Shown(Kept row)
    {
        var hidden = KindOf(row.Kind).Fields.Where(f => f.Secret).Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        return new(row.Name, row.Kind,
            row.Settings.Where(s => !hidden.Contains(s.Key)).ToDictionary(StringComparer.Ordinal),
            [.. row.Settings.Keys.Where(hidden.Contains).Order(StringComparer.Ordinal)], row.CreatedAt);
    }

    private static Task<Kept?> RowAsync(Session session, string name, CancellationToken cancel) =>
        session.FirstAsync(Sql.Of($"select name, kind, settings, created_at from destination where name = {name}"), row => (Kept?)Read(row), cancel);

    private static Kept Read(Row row) => new(row.Text(0), row.Text(1), JsonSerializer.Deserialize<Dictionary<string, string>>(row.Text(2)) ?? [], row.Time(3));

    private sealed record Kept(string Name, string Kind, IReadOnlyDictionary<string, string> Settings, DateTimeOffset CreatedAt);
}
