using System.Globalization;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>
/// The events of one customer among all. They carry the id that was known when they were written, so they are asked for by
/// the profile's own id and those that it has taken over. See <see cref="Compaction"/> for how they lie.
/// </summary>
public static class OwnEvents
{
    /// <summary>What stands beside <c>written_profile_id</c> in every update of it: the row has no key until it is sorted again.</summary>
    public static Sql Moved { get; } = Sql.By(d => HasKey(d) ? Sql.Of($", profile_key = null") : Sql.Empty);

    /// <summary>Whether the engine looks for rows by <c>profile_key</c>, a number, and not by an index of ids.</summary>
    internal static bool HasKey(Dialect dialect) => dialect.Engine is EngineKind.DuckDb;

    /// <summary>The ids under which a profile's events were written; empty if there is no such profile.</summary>
    public static Task<List<ProfileId>> IdsAsync(Session ledger, ProfileId id, CancellationToken cancel) =>
        ledger.ListAsync(Sql.Of($"select profile_id from profile where profile_id = {id} or merged_into = {id}"), r => r.ProfileId(0), cancel);

    /// <summary>
    /// Columns of the rows of <c>event_log</c> under these ids for which a rule holds. In DuckDB rows are looked for by key,
    /// one id at a time (it cannot leave out row groups by a list), and those whose owner changed since by id.
    /// </summary>
    public static Sql Of(IReadOnlyList<ProfileId> ids, Sql columns, Sql rule)
    {
        var any = Sql.Of($"written_profile_id in ({Sql.Join(", ", ids.Select(i => Sql.Value(i)))})");
        var loose = Sql.Of($"select {columns} from event_log where profile_key is null and {any} and {rule}");
        return Sql.By(d => !HasKey(d) ? Sql.Of($"select {columns} from event_log where {any} and {rule}")
            : Sql.Join(" union all ", ids.Select(id => Sql.Of($"select {columns} from event_log where profile_key = {Key(id)} and written_profile_id = {id} and {rule}")).Append(loose)));
    }

    /// <summary>How many rows would not be found: always none, unless rows were changed without <see cref="Moved"/>.</summary>
    public static Task<long> MisplacedAsync(Stores stores, CancellationToken cancel) => !HasKey(stores.Warehouse.Dialect) ? Task.FromResult(0L)
        : stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from event_log where profile_key is not null and profile_key is distinct from {KeyOf(Sql.Of($"written_profile_id"))}"), cancel), cancel);

    /// <summary>The key of an id, in DuckDB.</summary>
    internal static Sql KeyOf(Sql id) => Sql.Of($"cast('0x' || right(replace(cast({id} as text), '-', ''), 15) as bigint)");

    internal static long Key(ProfileId id) => long.Parse(id.Value.ToString("N").AsSpan(17), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
