using LuohuIOC.Texts;

namespace LuohuIOC.Http;

/// <summary>What officers write into a record, where it stays: how long it may be, and that it reads as it is written.</summary>
internal static class OfficerText
{
    public const int CommentMax = 2000;
    public const int AssigneeMax = 200;

    /// <param name="context">The request.</param>
    /// <param name="comment">Free text, or null.</param>
    /// <returns>The problem, null when there is none.</returns>
    public static IResult? FaultOfComment(HttpContext context, string? comment)
    {
        if (comment?.Length > CommentMax) return TooLong(context);
        return comment is null || Legible.IsRemark(comment) ? null : Problem.Of(context, StatusCodes.Status400BadRequest, "alert-text-illegible", "comment");
    }

    /// <param name="context">The request.</param>
    /// <param name="assignee">Person or unit, or null.</param>
    /// <returns>The problem, null when there is none.</returns>
    public static IResult? FaultOfAssignee(HttpContext context, string? assignee)
    {
        if (assignee?.Length > AssigneeMax) return TooLong(context);
        if (assignee is null) return null;
        if (!Legible.Is(assignee)) return Problem.Of(context, StatusCodes.Status400BadRequest, "alert-text-illegible", "assignee");
        return Legible.IsReserved(assignee) ? Problem.Of(context, StatusCodes.Status400BadRequest, "alert-assignee-reserved", assignee) : null;
    }

    private static IResult TooLong(HttpContext context) => Problem.Of(context, StatusCodes.Status400BadRequest, "alert-text-too-long", CommentMax, AssigneeMax);
}
