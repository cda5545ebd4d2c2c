using CsCheck;
using Kendt.Model;
using Kendt.Store;
using Kendt.Unify;
using static Kendt.Tests.Unify.LedgerWorld;

namespace Kendt.Tests.Unify;

/// <summary>Limits, learnt values and what people decide: explained, reversible, the same however the stream is cut.</summary>
public sealed class DecisionTests
{
    private static readonly IdentifierRules Tight = new()
    {
        Types = [new(Identifier.UserId, 1), new(Identifier.Email, 2), new(Identifier.Phone, 3), new(Identifier.AnonymousId, 2, TimeSpan.FromSeconds(8))],
        SharedBy = 2,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task Split_gives_a_merged_profile_its_own_id_back_and_undo_makes_them_one_again(On on)
    {
        await using var world = await OpenAsync(on);
        await world.SeeAsync(See(1, "user_id:u1", "email:a@b.dk", "phone:+4520123451"), See(2, "anonymous_id:x", "email:x@b.dk"));
        var (older, younger) = (await world.OwnerAsync("user_id:u1"), await world.OwnerAsync("email:x@b.dk"));
        await world.SeeAsync(See(3, "user_id:u1", "anonymous_id:x"));
        Assert.Equal(older, await world.OwnerAsync("email:x@b.dk"));
        var joined = await world.TellAsync();

        var split = await world.DecideAsync(4, (d, s, by) => d.SplitAsync(s, older, [Id("anonymous_id:x"), Id("email:x@b.dk")], by, Cancel));
        Assert.Equal((younger, older), (await world.OwnerAsync("anonymous_id:x"), await world.OwnerAsync("phone:+4520123451")));
        Assert.Equal(2, split.Moves.Count);
        await world.AssertWholeAsync();
        // What tied them once, and what would tie them anew, no longer does.
        var again = await world.SeeAsync(See(5, "user_id:u1", "anonymous_id:x"), See(6, "phone:+4520123451", "email:x@b.dk"), See(7, "user_id:u1", "email:x@b.dk", "anonymous_id:new"));
        Assert.Equal([older, younger, older], again.Profiles.Select(p => p!.Value).Select((p, i) => i == 1 ? p == older ? younger : p : p));
        Assert.Equal(younger, await world.OwnerAsync("email:x@b.dk"));
        var because = await world.Stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select distinct reason from left_out"), r => r.Text(0), Cancel), Cancel);
        Assert.Equal(["decision:1"], because);

        await world.DecideAsync(8, (d, s, by) => d.UndoAsync(s, split.Decision.Seq, by, Cancel));
        Assert.Equal(older, await world.OwnerAsync("email:x@b.dk"));
        await world.AssertWholeAsync();
        Assert.Contains($"profile {younger} person {older}", await world.TellAsync(), StringComparison.Ordinal);
        Assert.Equal(joined.Split('\n').Count(l => l.StartsWith("profile", StringComparison.Ordinal)), (await world.TellAsync()).Split('\n').Count(l => l.StartsWith("profile", StringComparison.Ordinal)));
        await Assert.ThrowsAsync<BadInputException>(() => world.DecideAsync(9, (d, s, by) => d.UndoAsync(s, split.Decision.Seq, by, Cancel)));

        await world.Stores.Warehouse.WriteAsync(w => MergeLog.CopyAsync(world.Stores.Ledger, w, Cancel), Cancel);
        var survivors = await world.Stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"select profile_id, survivor_id from survivor"), r => (r.ProfileId(0), r.ProfileId(1)), Cancel), Cancel);
        Assert.Equal([(younger, older)], survivors);
    }

    [Theory, Engines]
    public async Task Forbid_parts_two_by_the_weakest_links_and_confirm_needs_it_undone(On on)
    {
        await using var world = await OpenAsync(on);
        await world.SeeAsync(See(1, "email:father@b.dk", "phone:+4520123451", "anonymous_id:f"), See(2, "email:son@b.dk", "anonymous_id:s"), See(3, "email:son@b.dk", "phone:+4520123451"));
        var one = await world.OwnerAsync("email:father@b.dk");
        Assert.Equal(one, await world.OwnerAsync("anonymous_id:s"));
        var forbidden = await world.DecideAsync(4, (d, s, by) => d.ForbidAsync(s, Id("email:father@b.dk"), Id("email:son@b.dk"), by, Cancel));
        var son = await world.OwnerAsync("email:son@b.dk");
        Assert.Equal((one, one, son), (await world.OwnerAsync("phone:+4520123451"), await world.OwnerAsync("anonymous_id:f"), await world.OwnerAsync("anonymous_id:s")));
        Assert.NotEqual(one, son);
        await world.AssertWholeAsync();
        var refused = await Assert.ThrowsAsync<BadInputException>(() => world.DecideAsync(5, (d, s, by) => d.ConfirmAsync(s, Id("anonymous_id:f"), Id("anonymous_id:s"), by, Cancel)));
        Assert.Contains("decision 1", refused.Message, StringComparison.OrdinalIgnoreCase);
        await world.DecideAsync(6, (d, s, by) => d.UndoAsync(s, forbidden.Decision.Seq, by, Cancel));
        Assert.Equal(one, await world.OwnerAsync("anonymous_id:s"));

        var confirmed = await world.DecideAsync(7, (d, s, by) => d.ConfirmAsync(s, Id("email:father@b.dk"), Id("email:son@b.dk"), by, Cancel));
        await Assert.ThrowsAsync<BadInputException>(() => world.DecideAsync(8, (d, s, by) => d.ForbidAsync(s, Id("email:father@b.dk"), Id("email:son@b.dk"), by, Cancel)));
        await world.DecideAsync(9, (d, s, by) => d.UndoAsync(s, confirmed.Decision.Seq, by, Cancel));
        Assert.Equal(one, await world.OwnerAsync("anonymous_id:s")); // the telephone still ties them
        await world.AssertWholeAsync();
    }

    [Theory, Engines]
    public async Task Confirm_joins_beyond_the_limits_and_undo_parts_them_to_their_own_ids(On on)
    {
        await using var world = await OpenAsync(on);
        var seen = await world.SeeAsync(See(1, "user_id:u1", "anonymous_id:a"), See(2, "user_id:u2"), See(3, "account_no:c"));
        var confirmed = await world.DecideAsync(4, (d, s, by) => d.ConfirmAsync(s, Id("user_id:u2"), Id("anonymous_id:a"), by, Cancel));
        Assert.Equal(seen.Profiles[0], await world.OwnerAsync("user_id:u2"));
        Assert.Equal([new Merge(seen.Profiles[1]!.Value, seen.Profiles[0]!.Value, Start.AddSeconds(4))], confirmed.Merges);
        await world.DecideAsync(5, (d, s, by) => d.UndoAsync(s, confirmed.Decision.Seq, by, Cancel));
        Assert.Equal(seen.Profiles[1], await world.OwnerAsync("user_id:u2"));
        await world.AssertWholeAsync();
        await Assert.ThrowsAsync<BadInputException>(() => world.DecideAsync(6, (d, s, by) => d.ConfirmAsync(s, Id("user_id:u2"), Id("user_id:nobody"), by, Cancel)));
        await Assert.ThrowsAsync<BadInputException>(() => world.DecideAsync(6, (d, s, by) => d.RemoveAsync(s, Id("user_id:u2"), by, Cancel)));
    }

    [Theory, Engines]
    public async Task A_value_seen_on_too_many_is_learnt_to_be_shared_and_can_be_released(On on)
    {
        await using var world = await OpenAsync(on);
        var people = Enumerable.Range(1, 8).Select(n => See(n, $"user_id:u{n}", "anonymous_id:tablet")).ToArray();
        var seen = await world.SeeAsync(people);
        Assert.Equal(8, seen.Profiles.Distinct().Count());
        var tablet = await world.OwnerAsync("anonymous_id:tablet");
        Assert.DoesNotContain(tablet, seen.Profiles.Select(p => p!.Value)); // nobody's, not even the first one's
        await world.AssertWholeAsync();
        Assert.Equal(tablet, (await world.SeeAsync(See(20, "anonymous_id:tablet"))).Profiles[0]);
        var (by, reason) = await world.Stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select actor, reason from identity_decision where kind = 'quarantine'"), r => (r.Text(0), r.Text(1)), Cancel), Cancel);
        Assert.Equal(("kendt", "left out with 5 different profiles"), (by, reason));

        await world.DecideAsync(30, (d, s, who) => d.ReleaseAsync(s, Id("anonymous_id:tablet"), who, Cancel));
        Assert.Equal(seen.Profiles[0], await world.OwnerAsync("anonymous_id:tablet"));
        await world.SeeAsync(people);
        Assert.Equal(seen.Profiles[0], await world.OwnerAsync("anonymous_id:tablet")); // and is not learnt again
        await world.AssertWholeAsync();
    }

    [Theory, Engines]
    public async Task What_a_shared_value_alone_held_together_comes_apart_and_what_was_seen_beside_it_stays(On on)
    {
        await using var world = await OpenAsync(on);
        await world.SeeAsync(See(1, "email:office@b.dk", "phone:+4520123451", "anonymous_id:a"), See(2, "email:office@b.dk", "anonymous_id:b"));
        await world.DecideAsync(3, (d, s, by) => d.QuarantineAsync(s, Id("email:office@b.dk"), by, Cancel));
        var (phone, a, b, office) = (await world.OwnerAsync("phone:+4520123451"), await world.OwnerAsync("anonymous_id:a"), await world.OwnerAsync("anonymous_id:b"), await world.OwnerAsync("email:office@b.dk"));
        Assert.Equal(phone, a);
        Assert.Equal(3, new[] { a, b, office }.Distinct().Count());
        await world.AssertWholeAsync();
    }

    [Fact]
    public async Task A_limit_for_a_period_forgets_what_is_older()
    {
        await using var world = await OpenAsync(On.Embedded, Tight);
        var seen = await world.SeeAsync(See(1, "user_id:u", "anonymous_id:a"), See(2, "user_id:u", "anonymous_id:b"), See(3, "user_id:u", "anonymous_id:c"), See(10, "user_id:u", "anonymous_id:d"), See(11, "anonymous_id:c"));
        Assert.Equal(seen.Profiles[0], await world.OwnerAsync("anonymous_id:d"));
        Assert.NotEqual(seen.Profiles[0], seen.Profiles[4]);
    }

    // One sighting or decision: its place in time, and what it is about.
    private sealed record Act(int Kind, int[] Names, int Pick);

    [Theory, Engines]
    public async Task However_the_stream_is_cut_the_ledger_is_the_same_and_whole(On on)
    {
        string[] names = [.. Enumerable.Range(1, 5).SelectMany(n => new[] { $"user_id:u{n}", $"email:p{n}@b.dk", $"phone:+452012345{n}", $"anonymous_id:a{n}" })];
        var act = Gen.Select(Gen.Int[0, 13], Gen.Int[0, names.Length - 1].Array[1, 4], Gen.Int[0, 20]).Select((kind, which, pick) => new Act(kind, which, pick));
        // Seeds that once told two ledgers apart.
        foreach (var seed in (string[])["0000KOIa2E00", "eoZwtieDqMR2"]) await Gen.Select(act.Array[5, 45], Gen.Int[1, 9]).SampleAsync(async (acts, size) =>
        {
            await using var whole = await OpenAsync(on, Tight);
            await using var cut = await OpenAsync(on, Tight);
            await RunAsync(whole, acts, names, int.MaxValue);
            await RunAsync(cut, acts, names, size);
            Assert.Equal(await whole.TellAsync(), await cut.TellAsync());
            await whole.AssertWholeAsync();
        }, iter: on is On.Embedded ? 15 : 3, threads: 1, seed: seed);
    }

    // A decision ends a batch, as it does while the stream runs. One that cannot be made is refused in both.
    private static async Task RunAsync(LedgerWorld world, Act[] acts, string[] names, int size)
    {
        var waiting = new List<Sighting>();
        for (var i = 0; i < acts.Length; i++)
        {
            var (act, at) = (acts[i], i);
            if (act.Kind < 9) waiting.Add(See(at, [.. act.Names.Distinct().Select(n => names[n])]));
            if (waiting.Count >= size || act.Kind >= 9 || i == acts.Length - 1)
            {
                await world.SeeAsync([.. waiting]);
                waiting.Clear();
            }
            if (act.Kind < 9) continue;
            var (left, right) = (Id(names[act.Names[0]]), Id(names[act.Names[^1]]));
            try
            {
                await world.DecideAsync(at, act.Kind switch
                {
                    9 => (d, s, by) => d.ConfirmAsync(s, left, right, by, Cancel),
                    10 => (d, s, by) => d.ForbidAsync(s, left, right, by, Cancel),
                    11 => (d, s, by) => d.RemoveAsync(s, left, by, Cancel),
                    12 => (d, s, by) => act.Pick % 2 == 0 ? d.QuarantineAsync(s, left, by, Cancel) : d.ReleaseAsync(s, left, by, Cancel),
                    _ => (d, s, by) => d.UndoAsync(s, act.Pick % 6, by, Cancel),
                });
            }
            catch (BadInputException)
            {
                // Refused, as it is to a person.
            }
        }
    }
}
