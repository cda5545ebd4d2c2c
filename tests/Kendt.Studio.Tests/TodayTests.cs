using Kendt.Studio.Data;
using Kendt.Studio.Pages.Today;
using Kendt.Studio.Parts;

namespace Kendt.Studio.Tests;

public sealed class TodayTests : StudioContext
{
    [Fact]
    public void Answers_the_eight_questions_in_their_order()
    {
        var cards = Open<TodayPage>("/").FindAll(".answer");
        Assert.Equal(8, cards.Count);
        Assert.Contains("valuable customers", cards[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("46%", cards[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("1,812 customers, DKK\u00A018,940,220", cards[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("Needs", cards[5].TextContent, StringComparison.Ordinal);
        Assert.Contains("campaign planning", cards[7].TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Marketing", "marketing", 6)]
    [InlineData("Sales", "sales", 4)]
    [InlineData("Service", "service", 4)]
    public void A_role_begins_with_its_own_day_and_may_look_at_any_other(string role, string view, int cards)
    {
        AddAuthorization().SetAuthorized("Signe Holm").SetRoles(role);
        var page = Open<TodayPage>("/");
        Assert.Contains("view=" + view, page.Find(".choice a[aria-current]").GetAttribute("href"), StringComparison.Ordinal);
        Assert.Equal(cards, page.FindAll(".answer").Count);
        Assert.Equal(8, Open<TodayPage>("/?view=all").FindAll(".answer").Count);
    }

    [Fact]
    public void Speaks_danish_with_danish_numbers()
    {
        Speak("da-DK");
        var cards = Open<TodayPage>("/").FindAll(".answer");
        Assert.Contains("Hvem er mine værdifulde kunder?", cards[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("18.940.220\u00A0kr. fra 1.812 kunder.", cards[0].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_finding_is_worded_around_all_its_figures()
    {
        Figure[] figures = [new Count(1), new Count(2), new Count(3)];
        foreach (var finding in Enum.GetValues<Finding>())
        {
            var card = Render<AnswerCard>(builder => builder.Add(card => card.Question, Question.Valuable)
                .Add(card => card.Answer, new Answered(Question.Valuable, finding, figures, Moment)));
            Assert.DoesNotContain("{", card.Find(".answer-top").TextContent, StringComparison.Ordinal);
            Assert.DoesNotContain("Finding.", card.Markup, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_running_job_moves_while_one_looks_and_the_page_reads_again_when_it_ends()
    {
        var ended = 0;
        var jobs = Render<ActiveJobs>(builder => builder.Add(part => part.Ended, () => { ended++; return Task.CompletedTask; }));
        Assert.Contains("receipts-2026-11.csv", jobs.Markup, StringComparison.Ordinal);
        var before = jobs.Find("[role=progressbar]").GetAttribute("aria-valuenow");
        Time.Advance(TimeSpan.FromSeconds(20));
        jobs.WaitForAssertion(() => Assert.NotEqual(before, jobs.Find("[role=progressbar]").GetAttribute("aria-valuenow")));

        Design.Idle = true;
        Time.Advance(TimeSpan.FromSeconds(1));
        jobs.WaitForAssertion(() => Assert.Equal(1, ended));
        Assert.Empty(jobs.FindAll("section"));
    }
}
