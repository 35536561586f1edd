using System.Globalization;

namespace LuohuIOC.Http;

/// <summary>
/// The header <c>If-Match</c> of a change: the version that its caller has seen, as the answers' ETag gives it. <c>"3"</c> and <c>3</c> are version 3;
/// <c>*</c>, or no header, is any.
/// </summary>
internal static class IfMatch
{
    /// <returns>False when the header cannot be read; a condition that nobody understands must not be passed over.</returns>
    public static bool TryRead(HttpRequest request, out int? version)
    {
        version = null;
        var header = request.Headers.IfMatch.ToString().Trim();
        if (header is "" or "*") return true;
        var number = header is ['"', .. var quoted, '"'] ? quoted : header;
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)) return false;
        version = parsed;
        return true;
    }

    public static void Tell(HttpResponse response, int version) => response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");
}
