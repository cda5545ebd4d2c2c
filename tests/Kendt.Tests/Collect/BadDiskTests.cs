using System.Text;
using CsCheck;
using Kendt.Collect;
using Kendt.Model;
using Microsoft.Win32.SafeHandles;
using static Kendt.Tests.Collect.Calls;

namespace Kendt.Tests.Collect;

/// <summary>A disk that is full, breaks off in the middle or cannot flush, within the log's own write: it is said in words, nothing acknowledged is lost, nothing is there twice.</summary>
public sealed class BadDiskTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kendt-disk-").FullName;
    private readonly List<LogDamage> _damages = [];
    private Fails _fails;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Where a disk fails: before anything is written, after half of it, or when all of it is to be flushed.</summary>
    private enum Fails { Never, AtOnce, Halfway, AtFlush }

    private IntakeOptions Options => new() { SegmentBytes = 600, FirstIdSlots = 16, Damaged = _damages.Add, Write = Write, Flush = Flush };

    private void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long at)
    {
        if (_fails is Fails.AtOnce) throw Full();
        RandomAccess.Write(file, _fails is Fails.Halfway ? bytes[..(bytes.Length / 2)] : bytes, at);
        if (_fails is Fails.Halfway) throw Full();
    }

    private void Flush(SafeFileHandle file)
    {
        if (_fails is Fails.AtFlush) throw Full();
        RandomAccess.FlushToDisk(file);
    }

    private static IOException Full() => new("No space left on device", 28);

    [Fact]
    public async Task A_sender_is_told_to_come_again_and_what_to_look_at_and_is_taken_when_there_is_room()
    {
        await using var test = await TestStores.OpenAsync(On.Embedded);
        await using var log = await OpenAsync(test.Stores, Options);
        Assert.Equal(1, Assert.IsType<AppendResult.Taken>(await log.AppendAsync("web", Batch(["a"]), Noon, Cancel)).New);
        foreach (var fails in new[] { Fails.AtOnce, Fails.Halfway, Fails.AtFlush })
        {
            _fails = fails;
            var fault = await Assert.ThrowsAsync<CannotException>(async () => await log.AppendAsync("web", Batch(["b", "c"]), Noon, Cancel));
            Assert.Contains("Check that the disk is not full", fault.Message, StringComparison.Ordinal);
            Assert.Equal(1, log.Last);
            Assert.Equal(["a"], (await log.ReadAsync(0, 10, Cancel)).Select(m => m.MessageId));
        }
        _fails = Fails.Never;
        Assert.Equal(2, Assert.IsType<AppendResult.Taken>(await log.AppendAsync("web", Batch(["b", "c"]), Noon, Cancel)).New);
        Assert.Equal(["a", "b", "c"], (await log.ReadAsync(0, 10, Cancel)).Select(m => m.MessageId));
    }

    [Fact]
    public void Whatever_fails_in_between_and_wherever_the_process_ends_each_acknowledged_message_is_there_once()
    {
        var ids = Gen.Int[0, 30].Select(n => "m" + n).Array[1, 8];
        var step = Gen.Select(ids.Array[1, 4], Gen.Enum<Fails>(), Gen.Bool);
        var number = 0;
        step.Array[1, 12].Sample(steps =>
        {
            var folder = Path.Combine(_folder, "any" + number++);
            var acknowledged = new List<string>();
            var log = SegmentLog.Open(folder, Options, 0);
            foreach (var (calls, fails, isKilled) in steps)
            {
                _fails = fails;
                try
                {
                    log.AppendAsync([.. calls.Select(Call)]).AsTask().GetAwaiter().GetResult();
                    acknowledged.AddRange(calls.SelectMany(c => c).Distinct().Except(acknowledged).ToList());
                }
                catch (IOException)
                {
                    // Their senders come again, or do not.
                }
                _fails = Fails.Never;
                if (!isKilled) continue;
                // What a killed process leaves are its files as they are; a sender whose call failed may find its messages taken all the same.
                var left = Copy(folder);
                log.DisposeAsync().AsTask().GetAwaiter().GetResult();
                Directory.Delete(folder, recursive: true);
                Directory.Move(left, folder);
                log = SegmentLog.Open(folder, Options, 0);
                acknowledged.AddRange(Ids(log).Except(acknowledged).ToList());
            }
            var kept = Ids(log);
            log.DisposeAsync().AsTask().GetAwaiter().GetResult();
            return kept.SequenceEqual(acknowledged);
        }, iter: 60, threads: 1, seed: "0000KaQ0xRE4");
        Assert.Empty(_damages);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_said_with_what_to_do()
    {
        var taken = Path.Combine(_folder, "log");
        File.WriteAllText(taken, "a file where the folder should be");
        var fault = Assert.Throws<CannotException>(() => SegmentLog.Open(taken, Options, 0));
        Assert.Contains("Check that you may write to it", fault.Message, StringComparison.Ordinal);
    }

    private static Append Call(string[] ids) => new("web", [.. ids.Select((id, i) => new Item(Encoding.UTF8.GetBytes("{\"id\":\"" + id + "\"}"), id, i, null))], Noon);

    private static List<string> Ids(SegmentLog log) => [.. log.ReadAsync(0, 1_000_000, CancellationToken.None).GetAwaiter().GetResult().Select(m => m.MessageId)];

    private string Copy(string folder)
    {
        var to = Directory.CreateDirectory(Path.Combine(_folder, "copy")).FullName;
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) is not ("lock" or "saved.new")))
        {
            var target = Path.Combine(to, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return to;
    }
}
