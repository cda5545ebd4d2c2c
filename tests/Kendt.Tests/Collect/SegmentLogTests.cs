using System.Text;
using CsCheck;
using Kendt.Collect;
using Kendt.Model;
using static Kendt.Tests.Collect.Calls;

namespace Kendt.Tests.Collect;

/// <summary>The log's files: what was acknowledged is there once, whatever happened to the process, and damage is told.</summary>
public sealed class SegmentLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kendt-log-").FullName;
    private readonly List<LogDamage> _damages = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Small enough that every test rolls segments and fills tables of ids.
    private IntakeOptions Small => new() { SegmentBytes = 600, FirstIdSlots = 16, Damaged = _damages.Add };

    private SegmentLog Open(string name = "log", long atLeast = 0) => SegmentLog.Open(Path.Combine(_folder, name), Small, atLeast);

    private static Append Call(string source, params IEnumerable<string> ids) =>
        new(source, [.. ids.Select((id, i) => new Item(Encoding.UTF8.GetBytes(Body(id)), id, i, id.Length % 2 == 0 ? Noon : null))], Noon.AddSeconds(1));

    private static string Body(string id) => "{\"id\":\"" + id + "\"}";

    private string Copy(string name)
    {
        var to = Directory.CreateTempSubdirectory("kendt-log-copy-").FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, name), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(Path.Combine(_folder, name), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (Path.GetFileName(file) is not ("lock" or "saved.new")) File.Copy(file, target);
        }
        return to;
    }

    private static List<string> Segments(string folder) => [.. Directory.EnumerateFiles(folder, "*.seg").Order(StringComparer.Ordinal)];

    private static async Task<List<Message>> AllAsync(SegmentLog log) => await log.ReadAsync(0, 1_000_000, Cancel);

    private static async Task<int> NewAsync(SegmentLog log, params Append[] calls) => (await log.AppendAsync(calls)).Sum();

    [Fact]
    public void Any_sequence_of_appends_kills_and_restarts_keeps_every_message_once()
    {
        var id = Gen.Int[0, 40].Select(n => "m" + n);
        var call = Gen.Select(Gen.Bool.Select(isWeb => isWeb ? "web" : "shop"), id.Array[1, 6]);
        var step = Gen.Select(call.Array[1, 4], Gen.Enum<Ending>());
        var number = 0;
        step.Array[1, 12].Sample(steps =>
        {
            var name = "any" + number++;
            var expected = new List<(string Source, string Id)>();
            var log = Open(name);
            foreach (var (calls, ending) in steps)
            {
                var fresh = log.AppendAsync([.. calls.Select(c => Call(c.Item1, c.Item2))]).AsTask().GetAwaiter().GetResult();
                for (var i = 0; i < calls.Length; i++)
                {
                    var added = calls[i].Item2.Distinct().Where(m => !expected.Contains((calls[i].Item1, m))).ToList();
                    if (fresh[i] != added.Count) return false;
                    expected.AddRange(added.Select(m => (calls[i].Item1, m)));
                }
                if (ending is Ending.Goes) continue;
                // A copy of the files while the log is open is what a killed process leaves.
                var left = Copy(name);
                log.DisposeAsync().AsTask().GetAwaiter().GetResult();
                if (ending is Ending.Killed or Ending.WithoutIds)
                {
                    Directory.Delete(Path.Combine(_folder, name), recursive: true);
                    Directory.Move(left, Path.Combine(_folder, name));
                    if (ending is Ending.WithoutIds) Directory.Delete(Path.Combine(_folder, name, "ids"), recursive: true);
                }
                else
                {
                    Directory.Delete(left, recursive: true);
                }
                log = Open(name);
            }
            var kept = log.ReadAsync(0, 1_000_000, CancellationToken.None).GetAwaiter().GetResult();
            log.DisposeAsync().AsTask().GetAwaiter().GetResult();
            return kept.Select(m => (m.Source, m.MessageId)).SequenceEqual(expected) && kept.Select((m, i) => m.Seq == i + 1).All(right => right) && kept.TrueForAll(m => Encoding.UTF8.GetString(m.Body) == Body(m.MessageId));
        }, iter: 40, threads: 1, seed: "0000KaQ0xRE4");
        Assert.Empty(_damages);
    }

    private enum Ending { Goes, Stopped, Killed, WithoutIds }

    [Fact]
    public async Task Wherever_a_write_is_cut_off_the_next_start_has_the_whole_frames_before_it()
    {
        var log = Open();
        await log.AppendAsync([Call("web", "a", "b")]);
        var acknowledged = new FileInfo(Segments(Path.Combine(_folder, "log"))[0]).Length;
        await log.AppendAsync([Call("web", "c"), Call("shop", "d", "e")]);
        var whole = Copy("log");
        await log.DisposeAsync();
        var bytes = await File.ReadAllBytesAsync(Segments(whole)[0], Cancel);
        Assert.Single(Segments(whole));
        var middle = BitConverter.ToInt32(bytes, (int)acknowledged + 4) + Frame.Head + acknowledged;
        for (var cut = acknowledged; cut <= bytes.Length; cut++)
        {
            await File.WriteAllBytesAsync(Segments(whole)[0], bytes[..(int)cut], Cancel);
            Directory.Delete(Path.Combine(whole, "ids"), recursive: true);
            await using var again = SegmentLog.Open(whole, Small, 0);
            var there = cut == bytes.Length ? 5 : cut >= middle ? 3 : 2;
            Assert.Equal(there, (await AllAsync(again)).Count);
            // What is cut off was never acknowledged: its sender comes again.
            Assert.Equal(5 - there, await NewAsync(again, Call("web", "a", "b", "c"), Call("shop", "d", "e")));
        }
        Directory.Delete(whole, recursive: true);
        Assert.Empty(_damages);
    }

    [Fact]
    public async Task A_flipped_bit_costs_its_frame_and_is_told()
    {
        await using (var log = Open())
        {
            foreach (var id in "abcdefghij") await log.AppendAsync([Call("web", id.ToString())]);
        }
        var folder = Path.Combine(_folder, "log");
        Assert.True(Segments(folder).Count > 1);
        var file = Segments(folder)[0];
        var bytes = await File.ReadAllBytesAsync(file, Cancel);
        var frame = Frame.Head + BitConverter.ToInt32(bytes, 4);
        for (var at = frame; at < 2 * frame; at++)
        {
            var flipped = bytes.ToArray();
            flipped[at] ^= 4;
            await File.WriteAllBytesAsync(file, flipped, Cancel);
            _damages.Clear();
            await using var log = Open();
            Assert.Equal("acdefghij", string.Concat((await AllAsync(log)).Select(m => m.MessageId)));
            Assert.Equal([new LogDamage(Path.GetFileName(file), frame, frame, 1)], _damages); // once, however often it is read
            var health = await log.VerifyAsync(Cancel);
            Assert.Equal(9, health.Messages);
            Assert.Single(health.Damages);
            Assert.Equal(10, log.Last);
            Assert.Equal(0, await NewAsync(log, Call("web", "b"))); // it was taken: its sender will not come again
        }
    }

    [Fact]
    public async Task Places_that_were_reached_are_not_given_again_when_the_end_is_gone()
    {
        await using (var log = Open()) await log.AppendAsync([Call("web", "a"), Call("web", "b"), Call("web", "c")]);
        var file = Segments(Path.Combine(_folder, "log"))[0];
        var bytes = await File.ReadAllBytesAsync(file, Cancel);
        await File.WriteAllBytesAsync(file, bytes[..^1], Cancel);
        await using (var log = Open())
        {
            Assert.Equal(["a", "b"], (await AllAsync(log)).Select(m => m.MessageId));
            Assert.Equal(2, Assert.Single(_damages).AfterSeq);
            Assert.Equal(2, await NewAsync(log, Call("web", "c", "d"))); // what is gone may come again
            Assert.Equal([1L, 2L, 4L, 5L], (await AllAsync(log)).Select(m => m.Seq));
        }
        // And where a projection knows of more than the log has, as after a restore from an older backup.
        await using var restored = Open(atLeast: 100);
        await restored.AppendAsync([Call("web", "e")]);
        Assert.Equal(101, (await restored.ReadAsync(5, 10, Cancel)).Single().Seq);
    }

    [Fact]
    public async Task Whoever_reads_in_pieces_gets_the_same()
    {
        await using var log = Open();
        for (var i = 0; i < 20; i++) await log.AppendAsync([Call("web", Enumerable.Range(i * 5, 5).Select(n => "m" + n))]);
        foreach (var piece in new[] { 1, 3, 7, 100 })
        {
            var read = new List<Message>();
            while (await log.ReadAsync(read.Count, piece, Cancel) is { Count: > 0 } some) read.AddRange(some);
            Assert.Equal(Enumerable.Range(0, 100).Select(n => "m" + n), read.Select(m => m.MessageId));
            Assert.Equal(Enumerable.Range(1, 100).Select(n => (long)n), read.Select(m => m.Seq));
        }
        Assert.Equal("m41", (await log.ReadAsync(41, 1, Cancel)).Single().MessageId);
        Assert.Equal(100, SegmentLog.ReadFolder(Path.Combine(_folder, "log")).Count());
    }

    [Fact]
    public async Task What_is_removed_is_whole_files_before_a_time_and_a_place_and_is_still_known()
    {
        await using var log = Open();
        foreach (var n in Enumerable.Range(0, 30)) await log.AppendAsync([Call("web", "m" + n) with { ReceivedAt = Noon.AddDays(n) }]);
        Assert.Equal(0, await log.RemoveAsync(Noon.AddDays(20), 0, Cancel));
        var removed = await log.RemoveAsync(Noon.AddDays(20), 10, Cancel);
        Assert.InRange(removed, 1, 10);
        Assert.Equal(removed + 1, (await AllAsync(log))[0].Seq);
        Assert.Equal(0, await NewAsync(log, Call("web", "m0")));
        Assert.All(await AllAsync(log), m => Assert.True(m.Seq > removed));
        removed += await log.RemoveAsync(Noon.AddDays(20), 30, Cancel);
        Assert.InRange(removed, 11, 20);
    }

    [Fact]
    public async Task A_full_disk_is_said_and_what_was_begun_does_not_count()
    {
        await using (var log = Open()) await log.AppendAsync([Call("web", "a")]);
        // The place of the next table of ids is taken by a folder: as without room, it cannot be made.
        Directory.CreateDirectory(Path.Combine(_folder, "log", "ids", "01.ids"));
        await using (var log = Open())
        {
            await Assert.ThrowsAnyAsync<Exception>(async () => await log.AppendAsync([Call("web", Enumerable.Range(0, 20).Select(n => "m" + n))]));
            Assert.Equal(1, log.Last);
            Directory.Delete(Path.Combine(_folder, "log", "ids", "01.ids"));
            Assert.Equal(20, await NewAsync(log, Call("web", Enumerable.Range(0, 20).Select(n => "m" + n))));
            Assert.Equal(21, (await AllAsync(log)).Count);
        }
    }

    [Fact]
    public async Task A_message_as_large_as_they_come_and_ids_of_any_letters_come_back_as_they_were()
    {
        await using var log = Open();
        var large = new Item(new byte[3 << 20], new string('\u20AC', 200), 0, Noon);
        await log.AppendAsync([new("web", [large, new Item("{}"u8.ToArray(), "", 1, null), large with { MessageId = "2" }], Noon)]);
        var messages = await AllAsync(log);
        Assert.Equal([(large.MessageId, 3 << 20, Noon), ("", 2, null), ("2", 3 << 20, (DateTimeOffset?)Noon)], messages.Select(m => (m.MessageId, m.Body.Length, m.SentAt)));
    }
}
