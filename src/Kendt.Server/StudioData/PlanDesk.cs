using System.Security.Claims;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Server.Api;
using Kendt.Server.Security;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>What Studio shows of tracking plans and does to them.</summary>
public sealed class PlanDesk(Plans plans, PlanInference inference, Violations violations, Sources sources, Audit audit, TimeProvider time) : IPlanDesk
{
    private const int Days = 30, MostRows = 100;

    public async Task<PlansView> PlansAsync(string? source, CancellationToken cancel)
    {
        var today = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        var counts = await violations.ListAsync(null, null, today.AddDays(1 - Days), cancel);
        var shown = counts.Where(c => string.IsNullOrEmpty(source) || c.Source == source).ToList();
        var bySource = counts.GroupBy(c => c.Source).ToDictionary(g => g.Key, g => g.Sum(c => c.Times));
        var byDay = shown.GroupBy(c => c.Day).ToDictionary(g => g.Key, g => g.Sum(c => c.Times));
        var all = await plans.ListAsync(cancel);
        var planned = all.SelectMany(p => p.Sources).ToHashSet(StringComparer.Ordinal);
        return new(
            [.. all.Select(p => new PlanRow(p.Name, p.Sources, WorkspaceApi.Word(p.Mode), p.Events.Count, p.Sources.Sum(s => bySource.GetValueOrDefault(s))))],
            [.. Enumerable.Range(0, Days).Select(i => today.AddDays(i + 1 - Days)).Select(day => new Point(day, byDay.GetValueOrDefault(day)))],
            [.. shown.GroupBy(c => (c.Source, c.Event, c.Field, c.Rule)).Select(g => new ViolationRow(g.Key.Source, g.Key.Event, g.Key.Field, g.Key.Rule, g.Sum(c => c.Times), g.Max(c => c.LastAt))).OrderByDescending(v => v.Times).Take(MostRows)],
            [.. (await sources.ListAsync(cancel)).Select(s => s.Name).Where(s => !planned.Contains(s))]);
    }

    public async Task<string?> PlanAsync(string name, CancellationToken cancel) => (await plans.FindAsync(name, cancel))?.Yaml;

    public Task<string?> InferAsync(string source, CancellationToken cancel) => inference.InferAsync(source, cancel);

    public Task CheckAsync(string yaml, CancellationToken cancel)
    {
        _ = PlanFile.Parse(yaml);
        return Task.CompletedTask;
    }

    public async Task<string> PutAsync(string yaml, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.EditConfiguration);
        var plan = await plans.PutAsync(yaml, cancel);
        await audit.WriteAsync(who.Actor(), "plan.put", plan.Name, $"{WorkspaceApi.Word(plan.Mode)}, for {string.Join(", ", plan.Sources)}", cancel);
        return plan.Name;
    }

    public async Task RemoveAsync(string name, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.EditConfiguration);
        await plans.RemoveAsync(name, cancel);
        await audit.WriteAsync(who.Actor(), "plan.remove", name, "", cancel);
    }
}
