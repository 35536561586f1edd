namespace LuohuIOC.Alerts;

/// <summary>
/// Hears of officers' marks, so that detectors learn from them although alerts know no detectors. Told after the mark is durable and
/// before the officer is answered, again whenever the same mark is given again: doing it twice must change nothing. A crash between
/// leaves the mark without effect until it is given again, which the officer does who got no answer.
/// </summary>
public interface IMarkListener
{
    /// <param name="alert">The alert with its mark.</param>
    /// <param name="verdict">The mark; null when it was taken back.</param>
    /// <param name="by">The officer.</param>
    void Marked(AlertView alert, AlertVerdict? verdict, string by);
}
