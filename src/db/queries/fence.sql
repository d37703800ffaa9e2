SELECT crmdb.enter({token})
