using Kendt.Govern;
using Kendt.Server.Commands;
using Kendt.Server.Host;
using Kendt.Store;
using Kendt.Studio.Data;
using StudioAudit = Kendt.Studio.Data.AuditRow;

namespace Kendt.Server.StudioData;

/// <summary>The workspace's name and this program's version.</summary>
public sealed class WorkspaceData(KendtOptions options) : IWorkspaceReader
{
    public Task<WorkspaceView> ReadAsync(CancellationToken cancel) =>
        Task.FromResult(new WorkspaceView(Directory.Exists(Path.Combine(options.Folder, "demo")) ? "Fjeldby Outdoor" : new DirectoryInfo(options.Folder).Name, VersionCommand.Version));
}

/// <summary>Purposes with what people decided, members, audit.</summary>
public sealed class GovernData(Stores stores, Purposes purposes, Members members, Audit audit) : IGovernReader
{
    public async Task<IReadOnlyList<PurposeRow>> PurposesAsync(CancellationToken cancel)
    {
        var people = await stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from profile where merged_into is null and kind = 'person'"), cancel), cancel);
        var said = (await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select purpose, state, count(*), max(at) from (
                select c.purpose, c.state, c.at, row_number() over (partition by c.purpose, coalesce(p.merged_into, p.profile_id)
                    order by c.at desc, case when c.state = 'granted' then 1 else 0 end) as place
                from consent c join profile p on p.profile_id = c.profile_id) as last
            where place = 1 group by purpose, state
            """), r => (Purpose: r.Text(0), State: r.Text(1), People: r.Long(2), Last: r.Time(3)), cancel), cancel)).ToLookup(s => s.Purpose);
        return [.. (await purposes.ListAsync(cancel)).Select(p =>
        {
            var granted = said[p.Name].Where(s => s.State == "granted").Sum(s => s.People);
            var denied = said[p.Name].Where(s => s.State == "denied").Sum(s => s.People);
            return new PurposeRow(p.Name, p.Title, p.Description, p.Basis.ToString().ToLowerInvariant(), granted, denied, Math.Max(0, people - granted - denied), said[p.Name].Any() ? said[p.Name].Max(s => s.Last) : null);
        })];
    }

    public async Task<IReadOnlyList<MemberRow>> MembersAsync(CancellationToken cancel) =>
        [.. (await members.ListAsync(cancel)).Select(m => new MemberRow(m.Email, m.Name, m.Role.ToString().ToLowerInvariant(), m.CreatedAt, m.SignedInAt))];

    public async Task<Stretch<StudioAudit>> AuditAsync(AuditQuery query, CancellationToken cancel)
    {
        var filter = new AuditFilter { Action = query.Action, Subject = string.IsNullOrWhiteSpace(query.Text) ? null : query.Text };
        var skip = (Math.Max(1, query.Page) - 1) * query.Size;
        var page = await audit.ListAsync(filter, skip, query.Size, cancel);
        return new([.. page.Entries.Select(e => new StudioAudit(e.Id, e.At, e.Actor, e.Action, e.Subject, e.Detail))], page.Total, page.Total > skip + query.Size);
    }
}
