using System.Globalization;
using System.Text.Json;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Segments;
using Kendt.Server.Jobs;
using Kendt.Store;
using Kendt.Unify;
using Kendt.Unify.Batch;

namespace Kendt.Server;

/// <summary>What people do with matching, from the API, the command line and Studio: configure, plan, apply, answer.</summary>
public sealed class MatchActions(Stores stores, MatchRuns runs, JobRunner jobs, IdentityActions identity, Sources sources, Audit audit)
{
    /// <summary>What people may answer about a pair.</summary>
    public static IReadOnlyList<string> Answers { get; } = ["same", "different", "skip"];

    /// <summary>Reads a configuration file.</summary>
    /// <exception cref="BadInputException">All that is wrong with it.</exception>
    public static MatchConfig Parse(string yaml)
    {
        if (string.IsNullOrWhiteSpace(yaml) || yaml.Split('\n').All(line => line.Trim() is "" or ['#', ..])) return MatchConfig.Default;
        using var tree = JsonDocument.Parse(YamlTree.ToJson(yaml));
        return MatchConfigFile.Read(tree.RootElement);
    }

    /// <summary>Reads a configuration file that somebody gives; what it names must be there.</summary>
    /// <inheritdoc cref="Parse"/>
    public async Task<MatchConfig> ReadAsync(string yaml, CancellationToken cancel)
    {
        var config = Parse(yaml);
        MatchConfigFile.CheckSources(config, [.. (await sources.ListAsync(cancel)).Select(s => s.Name)]);
        return config;
    }

    /// <summary>The configuration that holds, and its file.</summary>
    public async Task<(MatchConfig Config, string Yaml)> ConfigAsync(CancellationToken cancel)
    {
        var yaml = await runs.ConfigAsync(cancel) ?? MatchConfigFile.Write(MatchConfig.Default);
        return (Parse(yaml), yaml);
    }

    /// <summary>Keeps a configuration; it holds from the next plan on.</summary>
    /// <exception cref="BadInputException">All that is wrong with it.</exception>
    public async Task<MatchConfig> ConfigureAsync(string yaml, string actor, CancellationToken cancel)
    {
        var config = await ReadAsync(yaml, cancel);
        await stores.Ledger.WriteAsync(async ledger =>
        {
            await runs.PutConfigAsync(ledger, yaml, actor, cancel);
            await audit.WriteAsync(ledger, actor, "matching.configure", "", "", cancel);
        }, cancel);
        return config;
    }

    /// <summary>Starts a run by the configuration that holds.</summary>
    public async Task<(Guid Run, JobId Job)> PlanAsync(bool apply, string actor, CancellationToken cancel)
    {
        var (_, yaml) = await ConfigAsync(cancel);
        var run = await runs.AddAsync(yaml, actor, cancel);
        await audit.WriteAsync(actor, apply ? "matching.plan and apply" : "matching.plan", run.ToString(), "", cancel);
        return (run, await jobs.StartAsync(MatchJob.Kind, MatchJob.Title, JsonSerializer.Serialize(new MatchJob.Argument(run, apply)), cancel));
    }

    /// <summary>Starts to apply a plan; the newest if none is named.</summary>
    /// <exception cref="BadInputException">There is no plan that could be applied.</exception>
    public async Task<(Guid Run, JobId Job)> ApplyAsync(Guid? run, string actor, CancellationToken cancel)
    {
        var id = run ?? (await runs.ListAsync(50, cancel)).Find(r => r.State is MatchState.Planned or MatchState.Applying)?.Id ?? throw new BadInputException("There is no plan to apply. Make one first: kendt match plan.");
        await runs.BeginApplyAsync(id, cancel);
        await audit.WriteAsync(actor, "matching.apply", id.ToString(), "", cancel);
        return (id, await jobs.StartAsync(MatchApplyJob.Kind, MatchApplyJob.Title, JsonSerializer.Serialize(new MatchJob.Argument(id, true)), cancel));
    }

    /// <summary>Keeps what a person says of an uncertain pair: a decision that stands above all matching, or that they do not know.</summary>
    /// <exception cref="BadInputException">There is no such pair, or the decision cannot be made.</exception>
    public async Task<IdentityOutcome?> AnswerAsync(Guid run, long number, string answer, string actor, CancellationToken cancel)
    {
        if (!Answers.Contains(answer, StringComparer.Ordinal)) throw new BadInputException($"answer is '{answer}': it is one of {string.Join(", ", Answers)}.");
        var pair = await runs.PairAsync(run, number, cancel) ?? throw new BadInputException("There is no such pair. A newer plan may have taken the place of its run.");
        if (pair.Answer is "same" or "different") throw new BadInputException("This pair has an answer. Undo its decision first.");
        var asking = new IdentityActions.Asking(actor, string.Create(CultureInfo.InvariantCulture, $"review of matching, {pair.Bits:0.0} bits"), false);
        var outcome = answer switch
        {
            "same" => await identity.ConfirmAsync(pair.Left, pair.Right, asking, cancel),
            "different" => await identity.ForbidAsync(pair.Left, pair.Right, asking, cancel),
            _ => null,
        };
        await runs.AnswerAsync(run, number, answer, actor, cancel);
        return outcome;
    }
}
