/* Starts python\pythonw.exe (LeukView.exe) or python\python.exe (leukview-cli.exe) with "-m leukview" and the same arguments. */
#include <windows.h>
#include <stdio.h>
#include <wchar.h>

#define LONGEST 32768

static int start(const wchar_t *python)
{
    static wchar_t folder[LONGEST], program[LONGEST];
    GetModuleFileNameW(NULL, folder, LONGEST);
    wchar_t *slash = wcsrchr(folder, L'\\');
    if (slash)
        *slash = 0;
    _snwprintf(program, LONGEST - 1, L"%ls\\python\\%ls", folder, python);

    /* The rest of the command line behind our own name, unchanged: quoting stays as it was typed. */
    const wchar_t *rest = GetCommandLineW();
    if (*rest == L'"') {
        rest++;
        while (*rest && *rest != L'"')
            rest++;
        if (*rest)
            rest++;
    } else {
        while (*rest && *rest != L' ' && *rest != L'\t')
            rest++;
    }
    size_t length = wcslen(program) + wcslen(rest) + 64;
    wchar_t *line = HeapAlloc(GetProcessHeap(), 0, length * sizeof *line);
    if (!line)
        return 3;
    _snwprintf(line, length - 1, L"\"%ls\" -X utf8 -m leukview%ls", program, rest);
    line[length - 1] = 0;

    STARTUPINFOW startup = {sizeof startup};
    PROCESS_INFORMATION process;
    GetStartupInfoW(&startup);
    if (!CreateProcessW(program, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process)) {
        MessageBoxW(NULL, L"LeukView cannot start: its Python is missing. Install LeukView again.", L"LeukView", MB_ICONERROR);
        return 3;
    }
    WaitForSingleObject(process.hProcess, INFINITE);
    DWORD code = 1;
    GetExitCodeProcess(process.hProcess, &code);
    return (int)code;
}

#ifdef WINDOWED
int WINAPI wWinMain(HINSTANCE instance, HINSTANCE previous, LPWSTR arguments, int show)
{
    (void)instance, (void)previous, (void)arguments, (void)show;
    return start(L"pythonw.exe");
}
#else
int wmain(void)
{
    return start(L"python.exe");
}
#endif
