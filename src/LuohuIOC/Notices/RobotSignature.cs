using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LuohuIOC.Notices;

/// <summary>
/// Signatures that a robot of DingTalk or Feishu may ask for, Base64 of an HMAC-SHA256 over the time and the key (open.dingtalk.com and open.feishu.cn, security settings of custom robots). A time
/// that is an hour off is refused.
/// </summary>
internal static class RobotSignature
{
    /// <summary>Parameters for the end of the address: milliseconds since 1970, and what the key makes of them.</summary>
    public static string OfDingTalk(string key, DateTimeOffset now)
    {
        var time = now.ToUnixTimeMilliseconds();
        return string.Create(CultureInfo.InvariantCulture, $"timestamp={time}&sign={Uri.EscapeDataString(Base64(key, Signed(time, key)))}");
    }

    /// <summary>Members for the body: seconds since 1970, and the signature of nothing by time and key together.</summary>
    public static (string Timestamp, string Sign) OfFeishu(string key, DateTimeOffset now)
    {
        var time = now.ToUnixTimeSeconds();
        return (time.ToString(CultureInfo.InvariantCulture), Base64(Signed(time, key), ""));
    }

    private static string Signed(long time, string key) => string.Create(CultureInfo.InvariantCulture, $"{time}\n{key}");

    private static string Base64(string key, string text) => Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text)));
}
