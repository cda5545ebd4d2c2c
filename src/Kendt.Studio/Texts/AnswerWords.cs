using Kendt.Studio.Data;
using Microsoft.Extensions.Localization;

namespace Kendt.Studio.Texts;

/// <summary>Words questions and answers for those who have no page: the API, the command line, agents.</summary>
public sealed class AnswerWords(IStringLocalizer<Phrases> phrases, Show show)
{
    public string Question(Question question) => phrases[$"Question.{question}"];

    public string Need(Need need) => phrases[$"Need.{need}"];

    public string Figure(Figure figure) => figure is Words words ? Label(words.Value) : show.Figure(figure);

    /// <summary>Channels are Studio's own words; all other labels come out of the data.</summary>
    public string Label(string label) => show.Known("Channel", label);

    /// <summary>The headline figure and the sentence around it.</summary>
    public string Finding(Answered answer) =>
        $"{Figure(answer.Figures[0])} {phrases[$"Finding.{answer.Finding}", [.. answer.Figures.Select(figure => (object)Figure(figure))]]}";

    /// <summary>What a question needs when nothing has been said of it.</summary>
    public static Need Otherwise(Question question) => question switch
    {
        Data.Question.Valuable or Data.Question.Churn => Data.Need.Orders,
        Data.Question.Personalise => Data.Need.Customers,
        Data.Question.Interests => Data.Need.Products,
        Data.Question.NextAction => Data.Need.Offers,
        Data.Question.Attributes => Data.Need.Model,
        Data.Question.Reach => Data.Need.Contacts,
        _ => Data.Need.Audience,
    };
}
