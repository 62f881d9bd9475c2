; Setup of LeukView for Windows x64.
; makensis -DVERSION=0.1.0 -DSOURCE=<program folder> -DOUTFILE=<setup.exe> leukview.nsi
; Options of the setup: /S silent, /AllUsers for every account (as administrator), /D=<folder>.
Unicode true
Target amd64-unicode
!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!ifndef VERSION | SOURCE | OUTFILE
  !error "VERSION, SOURCE and OUTFILE must be given"
!endif
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\LeukView"
Name "LeukView"
OutFile "${OUTFILE}"
!ifdef FAST
  SetCompress off
!else
  SetCompressor /SOLID lzma
!endif
ManifestDPIAware true
ManifestSupportedOS Win10
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\LeukView"
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "LeukView"
VIAddVersionKey FileDescription "LeukView setup (research use only)"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey LegalCopyright "Apache License 2.0; models for research use only"

Var AllUsers

!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\LeukView.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

LangString RUNNING ${LANG_ENGLISH} "LeukView is running. Close it and start the setup again."
LangString RUNNING ${LANG_SIMPCHINESE} "LeukView 正在运行。请先关闭它，然后重新启动安装程序。"
LangString OPEN_WITH ${LANG_ENGLISH} "Open with LeukView"
LangString OPEN_WITH ${LANG_SIMPCHINESE} "用 LeukView 打开"
LangString DATA_KEPT ${LANG_ENGLISH} "Reviews and settings were kept. They lie in $LOCALAPPDATA\LeukView."
LangString DATA_KEPT ${LANG_SIMPCHINESE} "复核记录和设置已保留，位于 $LOCALAPPDATA\LeukView。"
LangString NEEDS_RIGHTS ${LANG_ENGLISH} "An installation for all accounts needs an administrator."
LangString NEEDS_RIGHTS ${LANG_SIMPCHINESE} "为所有帐户安装需要管理员权限。"

!macro SelectAccounts
  SetRegView 64
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/AllUsers" $1
  ${IfNot} ${Errors}
    StrCpy $AllUsers 1
    SetShellVarContext all
  ${Else}
    StrCpy $AllUsers 0
    SetShellVarContext current
  ${EndIf}
!macroend

Function .onInit
  !insertmacro SelectAccounts
  ${If} $INSTDIR == "$LOCALAPPDATA\Programs\LeukView"
    ${If} $AllUsers == 1
      StrCpy $INSTDIR "$PROGRAMFILES64\LeukView"
    ${EndIf}
    ; the folder of an older version, unless /D= was given
    ReadRegStr $0 SHCTX "${UNINSTALL_KEY}" "InstallLocation"
    ${If} $0 != ""
      StrCpy $INSTDIR $0
    ${EndIf}
  ${EndIf}
FunctionEnd

Function un.onInit
  SetRegView 64
  ReadRegStr $0 HKLM "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $0 == $INSTDIR
    SetShellVarContext all
  ${Else}
    SetShellVarContext current
  ${EndIf}
FunctionEnd

; A program that runs cannot be opened for writing.
!macro RefuseWhileRunning
  ${If} ${FileExists} "$INSTDIR\python\python3.dll"
    ClearErrors
    FileOpen $1 "$INSTDIR\python\python3.dll" a
    ${If} ${Errors}
      SetErrorLevel 4
      IfSilent +2
      MessageBox MB_ICONEXCLAMATION "$(RUNNING)"
      Abort "$(RUNNING)"
    ${EndIf}
    FileClose $1
  ${EndIf}
!macroend

; Only folders and files that a setup wrote: nothing else that lies in the folder is touched.
!macro RemoveProgram
  RMDir /r "$INSTDIR\python"
  RMDir /r "$INSTDIR\site-packages"
  RMDir /r "$INSTDIR\app"
  Delete "$INSTDIR\LeukView.exe"
  Delete "$INSTDIR\leukview-cli.exe"
  Delete "$INSTDIR\LICENSE"
  Delete "$INSTDIR\THIRD-PARTY.md"
  Delete "$INSTDIR\CHANGELOG.md"
  Delete "$INSTDIR\VERSION"
!macroend

Section "LeukView"
  !insertmacro RefuseWhileRunning
  !insertmacro RemoveProgram ; the old program goes whole, so that no stale module stays
  SetOutPath "$INSTDIR"
  ClearErrors
  File /r "${SOURCE}/*"
  ${If} ${Errors}
    ${If} $AllUsers == 1
      SetErrorLevel 5
      Abort "$(NEEDS_RIGHTS)"
    ${EndIf}
  ${EndIf}
  WriteUninstaller "$INSTDIR\Uninstall.exe"
  CreateShortcut "$SMPROGRAMS\LeukView.lnk" "$INSTDIR\LeukView.exe" "" "$INSTDIR\LeukView.exe" 0
  WriteRegStr SHCTX "Software\Classes\Directory\shell\LeukView" "" "$(OPEN_WITH)"
  WriteRegStr SHCTX "Software\Classes\Directory\shell\LeukView" "Icon" '"$INSTDIR\LeukView.exe",0'
  WriteRegStr SHCTX "Software\Classes\Directory\shell\LeukView\command" "" '"$INSTDIR\LeukView.exe" open "%1"'
  WriteRegStr SHCTX "Software\Classes\Directory\Background\shell\LeukView" "" "$(OPEN_WITH)"
  WriteRegStr SHCTX "Software\Classes\Directory\Background\shell\LeukView\command" "" '"$INSTDIR\LeukView.exe" open "%V"'
  WriteRegStr SHCTX "Software\Classes\Applications\LeukView.exe\shell\open\command" "" '"$INSTDIR\LeukView.exe" open "%1"'
  WriteRegStr SHCTX "Software\Classes\.zip\OpenWithList\LeukView.exe" "" ""
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayName" "LeukView"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "Publisher" "LeukView"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayIcon" '"$INSTDIR\LeukView.exe",0'
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\Uninstall.exe"'
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\Uninstall.exe" /S'
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "EstimatedSize" "$0"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, i 0, i 0)' ; the shell reads the new entries
SectionEnd

Section "Uninstall"
  !insertmacro RefuseWhileRunning
  !insertmacro RemoveProgram
  Delete "$SMPROGRAMS\LeukView.lnk"
  Delete "$INSTDIR\Uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey SHCTX "Software\Classes\Directory\shell\LeukView"
  DeleteRegKey SHCTX "Software\Classes\Directory\Background\shell\LeukView"
  DeleteRegKey SHCTX "Software\Classes\Applications\LeukView.exe"
  DeleteRegKey SHCTX "Software\Classes\.zip\OpenWithList\LeukView.exe"
  DeleteRegKey SHCTX "${UNINSTALL_KEY}"
  IfSilent +2
  MessageBox MB_ICONINFORMATION "$(DATA_KEPT)"
SectionEnd
