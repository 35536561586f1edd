using LuohuIOC.Texts;

namespace LuohuIOC.SensorThings;

/// <summary>A question that cannot be understood.</summary>
/// <param name="what">The option and the piece of it, as the caller wrote them: <c>$filter: 'x'</c>.</param>
/// <param name="reason">Key of the text that says why, behind <c>sta.</c>; null where the piece speaks for itself.</param>
/// <param name="arguments">Places of that text.</param>
internal sealed class StaQueryException(string what, string? reason = null, params object?[] arguments) : Exception(reason is null ? what : $"{what}: {reason}")
{
    /// <summary>For the caller, in the caller's language.</summary>
    public string In(string language) => reason is null ? what : TextBook.Get(language, "sta.because", what, TextBook.Get(language, $"sta.{reason}", arguments));
}
